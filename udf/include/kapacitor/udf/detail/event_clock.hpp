#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include <kapacitor/udf/clock.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/point_buffer.hpp>
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::detail {

/// What a point's time is judged by, beside what the group's clock knows itself.
struct clock_view {
  const clock_options& options;
  std::optional<timestamp> now;  // as the driver told it; empty: the machine's clock
  timestamp earliest;            // points before it are too late for the function
};

/// The time in one group of points: judges the times of new points by those before them.
/// clock_options says how.
///
/// Cost: passes(): some comparisons. judge() only if that says no. 64 bytes per group, and some 500
///       for a group that has or had a point that was held back.
class event_clock {
 public:
  event_clock();
  ~event_clock();
  event_clock(const event_clock&) = delete;
  event_clock& operator=(const event_clock&) = delete;

  /// Takes a point that needs no thought: not before the newest, not far ahead, and nothing under
  /// suspicion. Returns: false if judge() has to be asked; nothing has changed then.
  bool passes(timestamp time, const clock_options& o) {
    const auto t = time.time_since_epoch().count();
    if (t < newest_ || points_ >= block || wary_) [[unlikely]]
      return false;
    // Of two times in order: the distance fits 64 bits without a sign.
    if (static_cast<std::uint64_t>(t) - static_cast<std::uint64_t>(newest_) >
        static_cast<std::uint64_t>(o.max_ahead.count())) [[unlikely]]
      return false;
    newest_ = t;
    ++points_;
    return true;
  }

  /// Whether a point of that time comes no more than `ttl` ns after the newest one. If there is a
  /// limit it says no of a late point as well: judge() is to be asked then in any case.
  bool is_within(timestamp time, std::uint64_t ttl) const {
    return static_cast<std::uint64_t>(time.time_since_epoch().count()) -
               static_cast<std::uint64_t>(newest_) <=
           ttl;
  }

  enum class verdict {
    deliver,       // the point
    deliver_both,  // the held point, which take_held() has, then accept() and the point
    hold,          // nothing: the point is kept
    late,          // nothing: the point is counted
    set_back       // the function has to begin anew; then go_on_from() and the point
  };
  /// Judges the point; what is refuted by it is counted.
  verdict judge(const point& p, const clock_view& view, emitter& out);

  /// The point held back, if any: nothing is held afterwards.
  std::unique_ptr<point_buffer> take_held();
  /// The point is taken, whatever its time is.
  void accept(timestamp time, const clock_options& o);
  /// The group goes on from that time.
  void go_on_from(timestamp newest);
  /// The group has been silent for too long and begins anew, with a point of that time.
  void begin_again(timestamp first);
  /// Counts the point that is held back, if there is one, as one of the future. `against`: the time
  /// that refutes it.
  void drop_held(timestamp against, emitter& out);

  /// Whether any point was delivered or is held back.
  bool begun() const { return begun_; }
  bool is_fresh() const { return !begun_ && !wary_; }
  /// The newest point delivered; the earliest possible time if there was none.
  timestamp newest() const { return timestamp(std::chrono::nanoseconds(newest_)); }
  /// Whether `time` lies beyond the wall clock by more than maxAhead.
  static bool beyond_wall_clock(timestamp time, const clock_view& view);

 private:
  friend struct state_codec<event_clock>;

  /// Points that the pace is an average of.
  static constexpr std::uint32_t block = 64;
  struct doubts;  // what is under suspicion

  bool is_suspicious(std::int64_t t, const clock_view& view) const;
  bool agrees_with_held(std::int64_t t, const clock_view& view) const;
  verdict judge_ahead(const point& p, const clock_view& view, emitter& out);
  bool believes_run(std::int64_t t, const clock_view& view);
  timestamp newest_of(const clock_view& view) const;
  void warn_of_set_back(const point& p, const clock_view& view, emitter& out) const;
  void hold(const point& p);
  void forget_doubts();
  std::uint64_t pace() const;
  std::uint64_t reach(const clock_options& o) const;
  doubts& doubt();
  /// What a snapshot begins with.
  auto own_times() { return std::tie(newest_, first_, pace_, points_, begun_); }

  std::int64_t newest_ = INT64_MIN, first_ = 0;  // of the points that are counted
  std::uint64_t pace_ = 0;                       // ns from point to point; 0: not known
  std::uint32_t points_ = block;                 // since first_; a block: it is time to average
  bool begun_ = false, wary_ = false;
  std::unique_ptr<doubts> doubts_;
};

}  // namespace kapacitor::udf::detail

namespace kapacitor::udf {

/// Nothing of a clock that has seen no point.
template <>
struct state_codec<detail::event_clock> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, detail::event_clock& x);
  static void load(state_reader& in, detail::event_clock& x);
};

}  // namespace kapacitor::udf
