#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "metrics/group_watches.hpp"
#include "session/point_watch.hpp"

namespace kapacitor::udf::metrics {

/// Shows the points of a connection to those who watch it.
class group_tap final : public agent::point_watch {
 public:
  /// `wanted`: a bit for each watch that asks for the seat's connection. Lifetime: both outlive it
  group_tap(group_watches& watches, std::size_t seat, std::atomic<std::uint64_t>& wanted)
      : watches_(watches), seat_(seat), wanted_(wanted) {}

  /// Whether anybody wants to see them; to be asked before each piece of work.
  bool is_watched(std::chrono::nanoseconds now) noexcept;

  void took(std::string_view group, const point& p) override;
  void answered(std::string_view group, std::int64_t time, std::span<const field> fields) override;

 private:
  struct watch {
    bool on = false;
    watch_order order;
  };
  bool refresh(std::size_t which, std::chrono::nanoseconds now) noexcept;
  void put(std::string_view group, std::int64_t time, bool answer, std::span<const field> fields);

  group_watches& watches_;
  const std::size_t seat_;
  std::atomic<std::uint64_t>& wanted_;
  std::array<watch, group_watches::most> mine_;
};

}  // namespace kapacitor::udf::metrics
