#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/option.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf {

/// What travels on an edge of a task: single points, or whole batches.
enum class edge { stream, batch };

/// How many instances a function has: one for each group, or one for the whole task.
enum class scope { per_group, per_task };

/// Limits that a task observes, set by whoever runs it.
struct task_limits {
  /// Groups remembered at once. Beyond, the group that was unused for longest makes room
  /// (approximately: second chance) and starts fresh when it comes back.
  std::size_t max_groups = 1'000'000;
};

/// A function at work in one task: options set, state per group. A session makes one for each
/// connection, an engine makes one.
///
/// Authors of functions do not write tasks: make_function() makes them from plain structs.
///
/// Threads: one at a time.
/// Errors:  what the function throws comes out; the task is then as the function left it.
class task {
 public:
  virtual ~task() = default;

  /// A batch begins. Of a task that wants single points, it is not called.
  virtual void on_begin(const batch& begin, emitter& out) = 0;
  /// A point: of the batch that has begun, or a single one.
  virtual void on_point(const point& p, emitter& out) = 0;
  /// The batch ends.
  virtual void on_end(const batch_end& end, emitter& out) = 0;

  /// Whether on_finish() and on_time() do anything.
  virtual bool wants_finish() const { return false; }
  virtual bool wants_time() const { return false; }
  /// The input has ended: what does the group say that has this number, below groups()?
  virtual void on_finish(std::size_t group, emitter& out) {
    static_cast<void>(group), static_cast<void>(out);
  }
  /// The wall clock says `now`: likewise.
  virtual void on_time(std::size_t group, timestamp now, emitter& out) {
    static_cast<void>(group), static_cast<void>(now), static_cast<void>(out);
  }

  /// Groups remembered now. Their numbers are 0, 1, 2 ... in the order they first came; a group
  /// that made room leaves its number to the new one.
  virtual std::size_t groups() const = 0;
  /// The identity of a group, such as "host=a"; of a task with one instance, empty.
  virtual std::string_view group(std::size_t number) const {
    static_cast<void>(number);
    return {};
  }
  /// Groups that had to make room so far.
  virtual std::uint64_t evicted_groups() const = 0;

  /// Appends the state of all groups. Appends nothing if the function has no state.
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

/// One field that a function writes.
struct output_info {
  std::string name = {};  // "`as`" if an option names it
  std::string type = {};  // double, int, string or bool; of a tag: tag
  std::string help = {};  // what it is, with its unit
};

/// What a function says of itself beyond its options: for `--describe` and the docs. Texts are
/// Markdown.
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
/// make_function().
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
