#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "base/numbers/random.hpp"
#include "base/text/choice.hpp"
#include "signal/spec.hpp"

namespace kapacitor::generator {

enum class anomaly_kind {
  spike,          // added to one value or a few
  level_shift,    // added
  stuck,          // the value of the tick before the first, again and again
  variance,       // noise of that deviation added
  trend,          // added little by little, all of it by the last tick
  frequency,      // what repeats does so that many times as fast
  amplitude,      // what repeats is that many times as high
  phase,          // what repeats is shifted by that part of its period
  pattern,        // what repeats is upside down
  counter_reset,  // counts from 0, as a second process would that answers for a while
  dropout,        // the points are missing
  late,           // the points come later than those after them
  duplicate       // the points come twice
};

/// The kinds as scenarios and labels name them.
inline constexpr kapacitor::choice<anomaly_kind> anomaly_kinds[] = {
    {"spike", anomaly_kind::spike},         {"level_shift", anomaly_kind::level_shift},
    {"stuck", anomaly_kind::stuck},         {"variance", anomaly_kind::variance},
    {"trend", anomaly_kind::trend},         {"frequency", anomaly_kind::frequency},
    {"amplitude", anomaly_kind::amplitude}, {"phase", anomaly_kind::phase},
    {"pattern", anomaly_kind::pattern},     {"counter_reset", anomaly_kind::counter_reset},
    {"dropout", anomaly_kind::dropout},     {"late", anomaly_kind::late},
    {"duplicate", anomaly_kind::duplicate}};

inline std::string_view to_text(anomaly_kind kind) noexcept {
  return name_of(kind, anomaly_kinds);
}

/// Whether it changes how points arrive, not what they say.
bool is_of_transport(anomaly_kind kind) noexcept;
/// Whether it changes what repeats in a signal.
bool is_of_period(anomaly_kind kind) noexcept;

/// A stretch of ticks, both ends included.
///
/// Units: magnitude: see anomaly_kind; the field's unit, a factor, or a part of a period
struct anomaly {
  std::int64_t first = 0;
  std::int64_t last = 0;
  double magnitude = 0;
};

enum class direction { up, down, random };

/// From the least to the most, any of them as likely as another.
template <class T>
struct span_of {
  T least{};
  T most{};
};

/// When a kind of anomaly comes, and how large: what a plan is made of.
///
/// Units: durations: data time; magnitude: as of an anomaly
struct anomaly_schedule {
  // One of the four.
  std::vector<nanoseconds> at;  // from the start of the stream, rising
  nanoseconds every{};
  nanoseconds poisson{};  // the mean time from the end of one to the next
  double fraction = 0;    // of the ticks

  span_of<nanoseconds> duration;
  span_of<double> magnitude;
  direction sign = direction::random;
};

/// The anomalies that one rule has for one series, one after the other: each a pure function of the
/// random stream.
///
/// Threads: one at a time
class anomaly_plan {
 public:
  /// `interval`: seconds between two ticks. REQUIRES: the schedule stays where it is
  anomaly_plan(const anomaly_schedule& schedule, const random_stream& random, double interval,
               std::int64_t first_tick);

  /// A plan without any.
  static anomaly_plan none() { return {}; }

  /// The one that is going on or comes next; one that begins `never` if there is none.
  const anomaly& current() const { return current_; }
  bool covers(std::int64_t tick) const { return tick >= current_.first && tick <= current_.last; }
  /// On to the next one.
  void advance();
  /// The current one begins no earlier than that.
  void put_off(std::int64_t until);

  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

 private:
  anomaly_plan() : current_{never, never, 0} {}
  std::int64_t ticks_in(nanoseconds duration) const;
  std::int64_t next_start(std::int64_t from);

  const anomaly_schedule* schedule_ = nullptr;
  random_stream random_;
  double interval_ = 1;
  std::int64_t number_ = 0;  // of the current one
  std::size_t next_at_ = 0;  // of schedule_->at
  anomaly current_;
};

}  // namespace kapacitor::generator
