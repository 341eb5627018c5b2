#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <kapacitor/udf/detail/concepts.hpp>
#include <kapacitor/udf/detail/event_clock.hpp>

namespace kapacitor::udf::detail {

/// What a task knows of time beside its points.
struct time_view {
  std::optional<timestamp> now;  // as the driver told it
  std::uint64_t ttl;             // ns that a group may be silent; the largest number: no limit
  std::uint64_t expired = 0;     // groups that were silent for longer and began anew
};

/// A function that judges times, and the clock of its group: what a task has for each group. Of a
/// function without a clock it has the function alone (slot_of).
template <class T>
class clocked {
  using options_type = typename options_of<T>::type;

 public:
  explicit clocked(const options_type& o) { renew(o); }

  /// Delivers the point, keeps or counts it, as its time is.
  void on_point(const point& p, const options_type& o, time_view& view, emitter& out) {
    const auto time = p.time();
    if (is_usable(time) && clock_.is_within(time, view.ttl) && clock_.passes(time, o)) [[likely]] {
      function_->on_point(p, out);
    } else {
      judge(p, o, view, out);
    }
  }
  /// The input has ended: what was held back is wrong, unless it is all that has come.
  void on_finish(const options_type& o, emitter& out) {
    if (clock_.begun()) {
      clock_.drop_held(clock_.newest(), out);
    } else if (const auto held = clock_.take_held()) {
      deliver((*held)[0], o, out);
    }
    if constexpr (takes_finish<T>) function_->on_finish(out);
  }

  /// The group makes room for another.
  void leave(emitter& out) { clock_.drop_held(clock_.newest(), out); }

  T& function() { return *function_; }
  event_clock& clock() { return clock_; }
  /// The function's state was read, perhaps from a snapshot of before it had a clock.
  void restored() {
    if constexpr (says_newest<T>) {
      const auto newest = function_->newest();
      if (clock_.is_fresh() && newest) clock_.go_on_from(*newest);
    }
  }

 private:
  timestamp earliest() const {
    if constexpr (says_earliest<T>) {
      return function_ ? function_->earliest() : timestamp::min();
    } else {
      return clock_.newest();
    }
  }
  /// Windows that the wall clock has closed may be newer than the newest point.
  bool is_usable(timestamp time) const {
    if constexpr (takes_time<T> && says_earliest<T>)
      return function_ && time >= function_->earliest();
    return true;
  }

  [[gnu::noinline]] void judge(const point& p, const options_type& o, time_view& times,
                               emitter& out) {
    using verdict = event_clock::verdict;
    if (!function_) renew(o);
    const clock_view view{o, times.now, earliest()};
    const auto newest = clock_.newest();
    const bool begun = clock_.begun();
    const auto end_silence = [&](timestamp by) {
      if (begun && by > newest && distance(newest, by) > times.ttl) begin_again(by, o, times);
    };
    const auto found = clock_.judge(p, view, out);
    if (found == verdict::hold || found == verdict::late) return;
    if (found == verdict::deliver) end_silence(p.time());
    if (found == verdict::deliver_both) {
      const auto held = clock_.take_held();
      end_silence((*held)[0].time());
      deliver((*held)[0], o, out);
      if (p.time() < earliest()) return out.skip(reason::late, earliest());
      clock_.accept(p.time(), o);
    }
    if (found == verdict::set_back) set_back(p.time(), view, o, out);
    function_->on_point(p, out);
  }
  /// A point that was held back.
  void deliver(const point& p, const options_type& o, emitter& out) {
    clock_.accept(p.time(), o);
    const speaking_of kept(out, p);
    function_->on_point(p, out);
  }
  void begin_again(timestamp first, const options_type& o, time_view& times) {
    renew(o);
    clock_.begin_again(first);
    ++times.expired;
  }
  static std::uint64_t distance(timestamp from, timestamp to) {
    return static_cast<std::uint64_t>(to.time_since_epoch().count()) -
           static_cast<std::uint64_t>(from.time_since_epoch().count());
  }
  /// The clock stays on guard until the function is there again: its constructor may throw.
  void set_back(timestamp to, const clock_view& view, const options_type& o, emitter& out) {
    // A window about a time that was wrong is no answer.
    const auto newest = std::max(clock_.newest(), view.earliest);
    if constexpr (takes_finish<T>) {
      if (!event_clock::beyond_wall_clock(newest, view)) function_->on_finish(out);
    }
    if constexpr (takes_set_back<T>) {
      function_->set_back(to);
    } else {
      renew(o);
    }
    clock_.go_on_from(to);
  }
  void renew(const options_type& o) {
    if constexpr (std::is_constructible_v<T, const options_type&>) {
      function_.emplace(o);
    } else {
      function_.emplace();
    }
  }

  std::optional<T> function_;
  event_clock clock_;
};

/// What a task has for each group.
template <class T>
struct slot_of {
  using type = T;
};
template <class T>
requires has_clock<T>
struct slot_of<T> {
  using type = clocked<T>;
};

}  // namespace kapacitor::udf::detail
