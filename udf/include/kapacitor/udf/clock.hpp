#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include <kapacitor/udf/options.hpp>

namespace kapacitor::udf {

/// Options of a function that works by its points' times: a base of its options, as
///
///     struct options : udf::clock_options {
///       std::string field;
///       static udf::schema<options> describe() {
///         return udf::schema<options>{}
///             .required("field", &options::field, "field to watch")
///             .with(udf::clock());
///       }
///     };
///
/// With it, each point of each group is judged by its time before the function sees it, so that one
/// wrong clock among a thousand senders does not stop a function for good:
///
///   - A point that is far ahead is held back: one that is beyond the wall clock by more than
///     `maxAhead`, and ahead of its group by more than that and by more than 100 times the group's
///     usual pace. If the next point agrees with it, it is delivered first, then the next one. If
///     the group goes on as before, the held point is counted as a point of the future, with a
///     warning. Recordings of the past are never held back; in a stream that lies wholly in the
///     future the first point waits for the second.
///   - A point that is too late for the function is counted as late. Too late is what is older than
///     the newest point delivered; a function that can use older ones says so:
///     `udf::timestamp earliest() const`, the time of the oldest point that it can still use.
///   - `lateRun` late points without any other between them, each newer than the one before, are
///     believed: the group's clock was wrong and is right now. So are points that the function
///     still uses but that are as far behind as others are far ahead. After its on_finish() the
///     function begins anew with a fresh instance; or, if it has `void set_back(udf::timestamp
///     to)`, that is called instead, and it keeps what it has learned. A warning has both times.
///     Late points that will have caught up within as many points again are waited for instead:
///     they are a batch that another sender had kept.
///
/// If the options have `bool judges_times() const` and it returns false, no point is judged: for
/// functions that use times with some options only. Functions of batches have no clock: the window
/// before them has judged the times.
///
/// Cost: five comparisons per point and 64 bytes per group. Without these options: nothing.
struct clock_options {
  std::chrono::nanoseconds max_ahead = std::chrono::minutes(10);  // 0: nothing is held back
  std::int64_t late_run = 20;                                     // 0: the clock is never set back
};

/// Declares `maxAhead` and `lateRun`: `schema.with(udf::clock())`.
inline auto clock() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .optional("maxAhead", &clock_options::max_ahead,
                  "how far beyond the wall clock a point is believed at once; one further ahead "
                  "waits until the next agrees with it (0s: all are believed)",
                  at_least(std::chrono::nanoseconds(0)))
        .output_only()
        .optional("lateRun", &clock_options::late_run,
                  "late points in a row, each newer than the one before, after which the group's "
                  "clock is set back to them (0: never)",
                  between(0, 1'000'000))
        .output_only();
  };
}

}  // namespace kapacitor::udf
