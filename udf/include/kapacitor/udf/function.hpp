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

/// Bounds a task keeps to, set by whoever serves it.
struct task_limits {
  /// Groups remembered at once; beyond, the group unused for longest makes room (approximately:
  /// second chance) and starts fresh when it comes back.
  std::size_t max_groups = 1'000'000;
};

/// A function at work in one task: options set, state per group. One for each connection.
///
/// Threads: one at a time.
class task {
 public:
  virtual ~task() = default;
  virtual void on_begin(const batch& begin, emitter& out) = 0;
  virtual void on_point(const point& p, emitter& out) = 0;
  virtual void on_end(const batch_end& end, emitter& out) = 0;

  /// Groups remembered now, and groups that had to make room so far.
  virtual std::size_t groups() const = 0;
  virtual std::uint64_t evicted_groups() const = 0;

  /// Appends the state of all groups. Appends nothing where the function has no state.
  virtual void save(std::string& out) = 0;
  /// Replaces the state by a saved one.
  ///
  /// Errors: state_error, any exception of the function; the state is then as it was.
  virtual void load(std::string_view saved) = 0;
  /// All options with their values as one text: state is only good for the same ones.
  virtual std::string fingerprint() const = 0;
};

/// One field that a function writes.
struct output_info {
  std::string name = {};  // "`as`" where an option names it
  std::string type = {};  // double, int, string or bool; of a tag: tag
  std::string help = {};  // what it is, with its unit
};

/// What a function says of itself beyond its options: for `--describe` and the docs. Texts are
/// Markdown.
struct description {
  std::string family = {};    // functions of one family are listed together
  std::string computes = {};  // what, with the formula
  std::vector<output_info> outputs = {};
  std::string times = {};   // what becomes of late and of equal times
  std::string cost = {};    // per point
  std::string state = {};   // bytes per group, in memory and in the snapshot
  std::string source = {};  // where the method comes from
};

/// A user defined function: what it takes and gives, and how a task of it is made.
struct function {
  std::string name = {};
  std::string summary = {};
  edge wants = edge::stream;
  edge provides = edge::stream;
  std::vector<option_info> options = {};
  udf::description description = {};
  std::uint32_t state_version = 1;
  /// Errors: option_error with everything that is wrong with the options.
  std::function<std::unique_ptr<task>(const std::vector<option>&, const task_limits&)> make_task =
      {};
};

}  // namespace kapacitor::udf
