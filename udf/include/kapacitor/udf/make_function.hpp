#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kapacitor/udf/detail/adapter.hpp>
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf {

namespace detail {
/// Errors: std::logic_error for a name that Kapacitor cannot take.
void check_function_name(std::string_view name);
}  // namespace detail

/// Makes a function of a plain struct.
///
///     const udf::function f = udf::make_function<ewma>("ewma", "exponentially weighted mean");
///
/// What it does is decided by the members that the struct `T` has. Each of them is optional, but
/// for on_point, which a function of single points needs. There is no base class: a function is
/// written, read and tested as what it computes, and pays for nothing that it does not have.
///
/// Options
///     `struct options` with a static `describe()` that returns a schema, and perhaps a `check()`
///     (options.hpp). Then `T` has a constructor that takes `const options&`; they outlive it.
///
/// Instances
///     One serves one group of one task. It is made at the group's first point, and once more, for
///     trial, when the task starts: a constructor that throws refuses the task. It never moves in
///     memory. It is destroyed with the task, or when its group is forgotten: to make room for
///     another (task_limits::max_groups), or because it had no point for too long
///     (task_limits::group_ttl). It need be neither copied nor moved.
///
/// Data
///     `on_point(const point&, emitter&)`: called for each point, in the order received.
///     `on_begin(const batch&)` or `on_begin(const batch&, emitter&)`,
///     `on_end(const batch_end&, emitter&)`: with either of them it takes batches.
///     `static constexpr auto provides = udf::edge::batch` or `stream`: if it is another edge than
///     the one it takes.
///
/// Life cycle
///     `on_finish(emitter&)`: the input has ended, and every point and batch was taken. The place
///     to say what was held back for want of further points. Called once for each group, in the
///     order in which the groups first came. It is not called if the input breaks off in the middle
///     of a message or batch, if the task failed, or if the server is told to stop: then the task
///     goes on later, from its snapshot. Nor is it for a group that is forgotten. Of a function
///     with a clock, also if that is set back. `on_time(timestamp now, emitter&)`: the wall clock
///     says `now`, ns since 1970-01-01 UTC. Behind Kapacitor it is called for each group about once
///     a second, also if no point comes, never inside a batch; in an engine, when the program calls
///     advance(). Points may be older or newer than `now`: a recording that is replayed has times
///     of long ago. If the options have `bool uses_clock() const` and it returns false, it is not
///     called.
///
/// Clock
///     Options that derive from `udf::clock_options` have each point judged by its time before
///     on_point: far ahead of its group, too late, or right. `udf::timestamp earliest() const` and
///     `void set_back(udf::timestamp)` say how the function copes with points that are late
///     (clock.hpp).
///
/// Scope
///     An instance serves one group, by default. `static constexpr auto scope =
///     udf::scope::per_task` makes it serve all groups of the task; or, in the options,
///     `udf::scope scope() const`, which lets the TICKscript choose.
///
/// State
///     `auto state()`, `check_state()`, `static constexpr unsigned state_version`,
///     `migrate(unsigned, state_reader&)` (state.hpp).
///
/// Documentation
///     `static udf::description describe()`, for `--describe`.
///
/// A member of one of these names that cannot be called like that does not compile; the message
/// says what it should be. That also finds one that is private.
///
/// Threads: instances of a task are called by one thread at a time, so they need no lock; different
///          tasks run in parallel, so a static variable that changes needs one.
/// Cost:    of finding a group's instance: one comparison if points come in the same order again,
///          else a hash.
/// Errors:  what on_point and the others throw ends the task with "NAME[GROUP]: text".
///          make_function itself: std::logic_error for a name that Kapacitor cannot take. It takes
///          letters, digits and _, and no digit first.
template <class T>
// NOLINTNEXTLINE(performance-unnecessary-value-param)
function make_function(std::string name, std::string summary = {}) {
  static_assert(detail::takes_points<T> || detail::takes_end<T>,
                "a function needs on_point(const udf::point&, udf::emitter&)");
  static_assert(detail::begin_fits<T>,
                "on_begin takes (const udf::batch&) or (const udf::batch&, udf::emitter&)");
  static_assert(detail::end_fits<T>, "on_end takes (const udf::batch_end&, udf::emitter&)");
  static_assert(detail::finish_fits<T>, "on_finish takes (udf::emitter&)");
  static_assert(detail::time_fits<T>, "on_time takes (udf::timestamp, udf::emitter&)");
  static_assert(detail::earliest_fits<T>, "earliest is `udf::timestamp earliest() const`");
  static_assert(detail::set_back_fits<T>, "set_back takes (udf::timestamp)");
  static_assert(!detail::has_clock<T> || detail::wanted_edge<T>() == edge::stream,
                "a function of batches has no clock: the window before it has judged the times");
  static_assert(detail::migrate_fits<T>, "migrate takes (unsigned, udf::state_reader&)");
  static_assert(detail::describes_itself<typename detail::options_of<T>::type>,
                "options need `static auto describe()` that returns a udf::schema<options>");
  detail::check_function_name(name);
  return {.name = std::move(name),
          .summary = std::move(summary),
          .wants = detail::wanted_edge<T>(),
          .provides = detail::provided_edge<T>(),
          .options = detail::options_of<T>::type::describe().infos(),
          .description = detail::description_of<T>(),
          .state_version = detail::state_version_of<T>(),
          .make_task = [](const std::vector<option>& given, const task_limits& limits) {
            return std::unique_ptr<task>(new detail::adapter<T>(given, limits));
          }};
}

}  // namespace kapacitor::udf
