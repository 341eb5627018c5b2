#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/make_function.hpp>
#include <kapacitor/udf/option.hpp>
#include <kapacitor/udf/reason.hpp>
#include <kapacitor/udf/value.hpp>

/// Runs a function inside any program: without Kapacitor, sockets or threads.
///
///     udf::engine e(udf::make_function<ewma>("ewma"), {{"field", {"usage"}}},
///                   [](const udf::result& r) { std::cout << *r.number("ewma") << '\n'; },
///                   {.group_by = {.tags = {"host"}}});
///     e.add({.name = "cpu", .tags = tags, .fields = fields, .time = now});
///     e.finish();
///
/// Points go in one by one or as batches, results come out to a sink during the same call. The
/// function behaves as behind Kapacitor, and its snapshots are the same bytes: a task may move from
/// the one to the other and back. Functions that are served and functions that are embedded are
/// therefore the same code, tested once.
namespace kapacitor::udf {

/// A point to take. Views, for the length of the call that it is passed to.
struct input {
  std::string_view name = {};               // the measurement
  std::string_view database = {};           // shown to the function, and passed on
  std::string_view retention_policy = {};   // likewise
  std::span<const udf::tag> tags = {};      // any order, each name once
  std::span<const udf::field> fields = {};  // each name once
  udf::timestamp time = {};                 // ns since 1970-01-01 UTC, in any order
};

/// The head of a batch to take: what its points have in common. Views, for the length of the call
/// that it is passed to: the engine copies them.
struct input_batch {
  std::string_view name = {};           // the measurement
  std::span<const udf::tag> tags = {};  // the group's; their names are the dimensions
  std::int64_t size = 0;                // how many points to expect; 0: not known
  bool by_name = false;                 // the measurement is part of the group
};

/// A batch that came out: it is complete, its points are passed to the sink one by one.
///
/// Lifetime: views, valid until on_end() of the sink returns.
struct result_batch {
  std::string_view name;           // the measurement
  std::string_view group;          // its identity, computed from name and tags
  std::span<const udf::tag> tags;  // the group's, sorted by name
  udf::timestamp tmax{};           // as the function closed it
  std::size_t size = 0;            // points
  bool by_name = false;            // the measurement is part of the group
};

/// A point that came out.
///
///     const auto print = [](const udf::result& r) {
///       if (const auto mean = r.number("mean")) std::cout << r.group << ' ' << *mean << '\n';
///     };
///
/// Lifetime: views, valid until the sink returns; copy what is to be kept.
struct result {
  std::string_view name;  // of a point of a batch: the batch's, as is the group
  std::string_view database;
  std::string_view retention_policy;
  std::string_view group;                        // its identity, such as "host=a"
  std::span<const std::string_view> dimensions;  // names of the group's tags
  std::span<const udf::tag> tags;
  std::span<const udf::field> fields;  // no name twice, and nothing that is NaN or infinite
  udf::timestamp time{};
  bool by_name = false;
  const result_batch* batch = nullptr;  // nullptr: a single point

  /// The field, nullptr if there is none of that name. Cost: O(fields)
  const udf::value* find(std::string_view field) const;
  /// The number in a field, of a double or an int; empty if it is missing or none.
  std::optional<double> number(std::string_view field) const;
};

/// The function could not deal with a point, batch or time: it threw.
///
/// what() is "FUNCTION[GROUP]: what the function threw (what it was given, and its time)".
class function_error : public std::runtime_error {
 public:
  function_error(const std::string& function, std::string_view group, const std::string& place,
                 const std::string& what)
      : std::runtime_error(function + "[" + std::string(group) + "]: " + what + " (" + place + ")"),
        function_(function),
        group_(group) {}

  /// The function's name, as given to make_function().
  const std::string& function() const { return function_; }
  /// The identity of the group that it was working on, such as "host=a"; empty without groups.
  const std::string& group() const { return group_; }

 private:
  std::string function_, group_;
};

/// Takes what comes out of an engine. Derive from it, or give the engine a callable that takes a
/// `const result&`.
///
/// Only on_point() must be written; the others do nothing by default.
///
/// Errors:  what a sink throws comes out of the engine's call, as it is, whatever the policy: it is
///          no error of the function, and the engine can go on.
/// Threads: called by the thread that calls the engine, during that call. A sink must not call the
///          engine.
class result_sink {
 public:
  virtual ~result_sink() = default;
  /// A single point; or one of a batch, between that batch's on_begin and on_end.
  virtual void on_point(const result& r) = 0;
  /// A batch begins: it is complete, and its points follow.
  virtual void on_begin(const result_batch& b) { static_cast<void>(b); }
  /// The batch ends: b.size points came since it began.
  virtual void on_end(const result_batch& b) { static_cast<void>(b); }
  /// An error that the engine goes on after: with error_policy::skip.
  virtual void on_error(const function_error& e) { static_cast<void>(e); }
  /// What the function warns of (emitter::warn), and how often it did so far; points that it skips
  /// or does not answer in full, by reason; why there was no answer at all to 100 points, or to all
  /// of them when the engine is finished; what was left out of results because it was NaN or
  /// infinite, points without fields, batches that were not closed, groups that made room for
  /// others. What repeats comes at its 1st, 2nd, 4th, 8th ... time.
  virtual void on_warning(std::string_view text, std::uint64_t times) {
    static_cast<void>(text), static_cast<void>(times);
  }
};

/// How points are grouped: by the values of these tags, by all tags, by the measurement. By default
/// all points are one group. A point that lacks a tag belongs to the group of its empty value.
struct group_by {
  std::vector<std::string> tags = {};  // names, in order; Kapacitor sorts them
  bool all_tags = false;               // as groupBy(*): the names of each point's own tags
  bool measurement = false;            // as groupByMeasurement()
};

/// What becomes of an engine whose function throws. Behind Kapacitor it is always `stop`.
enum class error_policy {
  stop,  // the call throws function_error, and so does every later one
  skip   // the point is counted (totals().errors) and passed to result_sink::on_error()
};

/// How an engine runs its function. The defaults are those of the server.
struct engine_settings {
  udf::group_by group_by = {};                      // of single points; batches bring their group
  task_limits limits = {};                          // groups remembered: how many, how long
  error_policy on_error = error_policy::stop;       // whether one bad point ends everything
  std::size_t max_message = std::size_t{16} << 20;  // bytes of one emitted point of a batch
};

/// What an engine did so far: counts since it was made, which a snapshot does not keep.
struct engine_totals {
  std::uint64_t points_in = 0;          // taken, those of batches included
  std::uint64_t points_out = 0;         // handed to the sink, those of batches included
  std::uint64_t batches_in = 0;         // begun
  std::uint64_t batches_out = 0;        // handed to the sink
  std::uint64_t points_skipped = 0;     // of points_in: without their answer (emitter::skip)
  reason_counts skipped = {};           // the same by reason
  reason_counts incomplete = {};        // answered, but not in full (emitter::note), by reason
  std::uint64_t errors = 0;             // of the function
  std::uint64_t non_finite_fields = 0;  // left out of what came out
  std::uint64_t empty_points = 0;       // did not come out, because they had no fields
  std::uint64_t batches_dropped = 0;    // begun by the function, never closed
  std::size_t groups = 0;               // remembered now
  std::uint64_t evicted_groups = 0;     // forgotten: had to make room (task_limits::max_groups)
  std::uint64_t expired_groups = 0;     // forgotten: no point for task_limits::group_ttl
};

/// A function at work on a program's own points.
///
/// Threads:  one at a time; different engines are independent.
/// Lifetime: a sink passed by reference must outlive the engine.
/// Cost:     below 0.1 µs per point beside the function; no allocation in steady state.
/// Errors:   of each call that runs the function: function_error, as the policy says; what the sink
///           throws. std::logic_error for points that the function does not take (single ones
///           instead of batches, or the other way round), for a batch in a batch, for calls after
///           finish().
class engine {
 public:
  /// Errors: option_error with everything that is wrong with the options.
  engine(function f, const std::vector<option>& options, result_sink& sink,
         engine_settings settings = {});
  /// The same with a callable that takes each result.
  engine(function f, const std::vector<option>& options, std::function<void(const result&)> sink,
         engine_settings settings = {});
  ~engine();
  engine(engine&&) noexcept;
  engine& operator=(engine&&) noexcept;

  /// Takes a single point, grouped as the settings say; inside a batch, a point of that batch. What
  /// the function says to it is with the sink when the call returns.
  void add(const input& p);
  /// The same, grouped in a way of its own. Cost: more than the other, it remembers no order of
  /// tags
  void add(const input& p, const udf::group_by& by);
  /// Begins a batch, for functions that take batches; add() then takes its points.
  void begin_batch(const input_batch& b);
  /// Ends the batch. `tmax`: its time, the end of the window.
  void end_batch(udf::timestamp tmax);

  /// The wall clock says `now`: functions that have on_time() say what is due, then groups without
  /// a point for task_limits::group_ttl are forgotten. Between batches. An engine has no clock: how
  /// often this is called is up to the program, once a second is usual.
  /// Cost: O(groups) if the function has on_time() or a group is old, else nothing.
  void advance(udf::timestamp now);
  /// The input has ended: functions that have on_finish() say what they held back. Afterwards the
  /// engine takes nothing more, but save() still works.
  void finish();

  /// The state of all groups as bytes, and with it a cookie of the caller's, such as the offset of
  /// the last point taken: what load() gives back is always of the same moment.
  ///
  /// The same bytes as behind Kapacitor, if there is no cookie. Empty if there is neither state nor
  /// cookie.
  /// Errors: std::logic_error inside a batch.
  std::string save(std::string_view cookie = {});
  /// Replaces the state by a saved one; an empty one leaves it as it is.
  ///
  /// Returns: the cookie.
  /// Errors:  state_error saying why it is unusable; the state is then as it was. std::logic_error
  ///          inside a batch.
  std::string load(std::string_view saved);

  /// What was done so far. Also of an engine that has stopped or finished.
  engine_totals totals() const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace kapacitor::udf
