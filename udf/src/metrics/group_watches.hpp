#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics/shared_row.hpp"
#include "metrics/watched_group.hpp"

namespace kapacitor::udf::metrics {

/// What is watched by one who asks for a group's points. It is asked for again and again; if it is
/// not, the connection stops to show them by itself.
struct watch_order {
  std::uint64_t seat = 0;        // the connection's
  std::uint64_t generation = 0;  // 1, 2, ...: each order that this watch had
  short_text<120> group;         // empty: any
};

/// Memory for the newest points of a group. One thread writes, see group_tap.
class group_watch {
 public:
  static constexpr std::size_t kept = 512;  // points

  void put(seen_point& p) noexcept {
    p.index = last_.load(std::memory_order_relaxed) + 1;
    const auto fields = (seen_point::most_fields - p.size) * sizeof(seen_point::number);
    ring_[p.index % kept].write(p, shared_row<seen_point>::all - fields / sizeof(std::uint64_t));
    last_.store(p.index, std::memory_order_release);
  }
  watch_order order() const noexcept { return order_.read(); }
  std::chrono::nanoseconds asked_at() const noexcept {
    return std::chrono::nanoseconds(asked_.load(std::memory_order_relaxed));
  }

 private:
  friend class group_watches;

  shared_row<watch_order> order_;
  std::atomic<std::int64_t> asked_;   // of the steady clock, ns
  std::atomic<std::uint64_t> first_;  // the index before the first point of this order
  std::atomic<std::uint64_t> last_;
  std::array<shared_row<seen_point>, kept> ring_;
};

/// The few watches of a scoreboard, in its memory.
class group_watches {
 public:
  static constexpr std::size_t most = 4;
  /// A connection that was not asked for that long does not show its points any more.
  static constexpr std::chrono::seconds lasts{5};

  /// Asks for the points of the seat's connection, and has those that came meanwhile. By one thread
  /// at a time. `tell`: has the connection look at the watch of that number.
  template <class Tell>
  watched_group ask(std::size_t seat, const watch_request& r, std::chrono::nanoseconds now,
                    Tell tell) {
    const auto which = watch_for(seat, r.group, now);
    if (which == most) return {.what = watched_group::how::too_many};
    tell(which);
    return seen(which, r.since);
  }
  group_watch& at(std::size_t which) noexcept { return all_[which]; }

 private:
  std::size_t watch_for(std::size_t seat, std::string_view group, std::chrono::nanoseconds now);
  watched_group seen(std::size_t which, std::string_view since) const;

  std::array<group_watch, most> all_;
};

}  // namespace kapacitor::udf::metrics
