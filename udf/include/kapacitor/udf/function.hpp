#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/option.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf {

/// What travels on an edge of a task, between two nodes of a TICKscript.
///
///     static constexpr auto provides = udf::edge::batch;
///
/// Source: proto/udf.proto, EdgeType
enum class edge {
  stream,  // single points, as from `stream|from()`
  batch    // whole batches, as from `|window()` or `batch|query()`
};

/// How many instances a function has.
///
///     static constexpr auto scope = udf::scope::per_task;
enum class scope {
  per_group,  // one for each group: groups know nothing of each other
  per_task    // one for all points of the task: point::group() still says which they are of
};

/// Limits that a task observes, set by whoever runs it.
struct task_limits {
  /// Groups remembered at once, from 1 to 2^31 - 1; what is beyond counts as the nearer of them.
  /// Kapacitor never says that a group is gone. Beyond the limit, the group that was unused for
  /// longest makes room (approximately: second chance) and starts fresh when it comes back.
  std::size_t max_groups = 1'000'000;
  /// How long a group may be without a point. One that is silent for longer is forgotten, as if it
  /// had to make room: it starts fresh when it comes back, and on_finish() is not called for it. 0:
  /// for ever.
  ///
  /// By the times of its points: a point that is newer than all before it by more than that finds
  /// its group fresh. Other groups are not concerned, whose clock may be right. And by the wall
  /// clock, if the driver tells it (session, engine::advance()): groups without a point for that
  /// long by then are forgotten, and their memory is given back.
  std::chrono::nanoseconds group_ttl{0};
  /// Bytes of state that save() writes at most. Beyond, it stops with a snapshot_limit_error.
  std::size_t max_snapshot = std::numeric_limits<std::size_t>::max();
};

/// A function at work in one task: options set, state per group. A session makes one for each
/// connection, an engine makes one.
///
/// Authors of functions do not write tasks: make_function() makes them from plain structs. Derive
/// from it only if groups and options are to be handled in another way altogether.
///
/// It is a virtual interface because session and server are then ordinary compiled code, and how
/// the call is dispatched makes no difference that can be measured.
///
/// Threads:  one at a time; different tasks are independent.
/// Lifetime: points, batches and emitter are valid during the call; the begin of a batch until the
///           batch has ended.
/// Errors:   what the function throws comes out; the task is then as the function left it.
class task {
 public:
  virtual ~task() = default;

  /// A batch begins. Of a task that wants single points, it is not called.
  virtual void on_begin(const batch& begin, emitter& out) = 0;
  /// A point: of the batch that has begun, or a single one, if that is what the function wants.
  virtual void on_point(const point& p, emitter& out) = 0;
  /// The batch ends. It ends before the next begins, unless the input
  /// breaks off.
  virtual void on_end(const batch_end& end, emitter& out) = 0;

  /// Whether on_finish() does anything. If not, nobody goes over the groups to call it.
  virtual bool wants_finish() const { return false; }
  /// Whether on_time() does anything. If not, no timer runs for the task.
  virtual bool wants_time() const { return false; }
  /// Whether the times of points are compared with the wall clock, so that what tell_time() says
  /// matters.
  virtual bool judges_times() const { return false; }
  /// Whether forget_old() does anything. If so, the wall clock is to be told about once a second.
  virtual bool forgets() const { return false; }
  /// Forgets groups that had no point for task_limits::group_ttl, by the time that was told last.
  /// Not within a batch.
  virtual void forget_old(emitter& out) { static_cast<void>(out); }
  /// The input has ended: what does the group say that has this number?
  virtual void on_finish(std::size_t group, emitter& out) {
    static_cast<void>(group), static_cast<void>(out);
  }
  /// The wall clock says `now`: what the times of points are compared with from now on. Without it,
  /// with the machine's clock. Called before on_time(), also if wants_time() is false.
  virtual void tell_time(timestamp now) { static_cast<void>(now); }
  /// The wall clock says `now`: likewise.
  virtual void on_time(std::size_t group, timestamp now, emitter& out) {
    static_cast<void>(group), static_cast<void>(now), static_cast<void>(out);
  }

  /// Groups remembered now.
  virtual std::size_t groups() const = 0;
  /// No group.
  static constexpr std::size_t no_group = static_cast<std::size_t>(-1);
  /// The number of the group that came next after the one with that number; of `no_group`, of the
  /// first. Behind the last one `no_group`. The number of a group that is forgotten may become that
  /// of another.
  virtual std::size_t next_group(std::size_t number) const {
    const auto next = number == no_group ? 0 : number + 1;
    return next < groups() ? next : no_group;
  }
  /// The identity of a group, such as "host=a"; of a task with one instance, empty. Lifetime: until
  /// the next point.
  virtual std::string_view group(std::size_t number) const {
    static_cast<void>(number);
    return {};
  }
  /// Groups that had to make room so far, since the task began.
  virtual std::uint64_t evicted_groups() const = 0;
  /// Groups forgotten so far because they had no point for too long.
  virtual std::uint64_t expired_groups() const { return 0; }

  /// Appends the state of all groups, as load() reads it; nothing if the function has no state.
  ///
  /// Cost: O(bytes of state). Behind Kapacitor points wait meanwhile.
  /// Errors: snapshot_limit_error beyond task_limits::max_snapshot; whatever state() throws. The
  ///         task goes on as if nothing had been asked.
  virtual void save(std::string& out) = 0;
  /// Replaces the state by a saved one of that state_version. Empty: all groups are forgotten.
  ///
  /// Errors: state_error, any exception of the function; the state is then as it was.
  virtual void load(std::string_view saved, std::uint32_t version) = 0;
  /// The options that shape the state, with their values, as one text: a saved state is good for
  /// tasks with the same text only. Options that have their default are not part of it.
  virtual std::string fingerprint() const = 0;
  /// All options with their values, for the log.
  virtual std::string options_text() const { return fingerprint(); }
};

/// One field or tag that a function writes: a row of the table of outputs in its docs.
struct output_info {
  std::string name = {};  // "`as`" if an option names it
  std::string type = {};  // double, int, string or bool; of a tag: tag
  std::string help = {};  // what it is, with its unit
};

/// What a function says of itself beyond its options: for `--describe` and the docs. Texts are
/// Markdown. Every part may be left out, and is then missing from the page.
struct description {
  std::string family = {};    // functions of one family are listed together
  std::string computes = {};  // what, with the formula
  std::vector<output_info> outputs = {};
  std::string example = {};  // points that come in, options, and what comes out
  std::string times = {};    // what becomes of late and of equal times
  std::string cost = {};     // per point
  std::string state = {};    // bytes per group, in memory and in the snapshot
  std::string source = {};   // where the method comes from
};

/// A user defined function: what it takes and gives, and how a task of it is made. Usually made by
/// make_function(), and passed to run(), an engine or a test runner.
///
/// Threads: a server with several threads calls make_task from all of them, so it must not change
///          anything that is shared. Those of make_function() do not.
struct function {
  std::string name = {};                  // as in the TICKscript, `@name()`
  std::string summary = {};               // one line, for lists
  edge wants = edge::stream;              // what it takes
  edge provides = edge::stream;           // what it emits
  std::vector<option_info> options = {};  // what a TICKscript may set
  udf::description description = {};      // for the docs
  std::uint32_t state_version = 1;        // of what its tasks save
  /// Makes a task with these options. Errors: option_error with everything that is wrong with them
  std::function<std::unique_ptr<task>(const std::vector<option>&, const task_limits&)> make_task =
      {};
};

}  // namespace kapacitor::udf
