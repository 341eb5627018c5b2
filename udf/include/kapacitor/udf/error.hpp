#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace kapacitor::udf {

/// A TICKscript gave an option that the function cannot work with. Thrown by `options::check()` or
/// by the function's constructor; schema throws it for what it finds itself.
///
///     void check() const {
///       if (low > high) throw udf::option_error("low must be at most high, got " +
///       to_string(low));
///     }
///
/// The text reaches the author of the TICKscript as the task's error, behind the function's name:
/// say what is wrong, what was given and what is allowed. The task does not start. Any other
/// std::exception refuses the task as well; this one says that the script is at fault.
class option_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Gathers all that is wrong with the options, so that one message says it: whoever writes the
/// script mends everything at once, not one mistake per start of the task.
///
///     udf::option_problems problems;
///     if (low > high) problems.add("low must be at most high, got " + to_string(low));
///     problems.throw_if_any();
class option_problems {
 public:
  /// Adds a problem: a phrase that names the option, what was given and what is allowed.
  void add(const std::string& problem) {
    if (!text_.empty()) text_ += "; ";
    text_ += problem;
  }
  /// Whether nothing is wrong so far.
  bool empty() const { return text_.empty(); }
  /// Errors: option_error with all that was added, in that order and with "; " in between. Without
  ///         problems it does nothing.
  void throw_if_any() const {
    if (!empty()) throw option_error(text_);
  }

 private:
  std::string text_;
};

/// A snapshot does not fit the function: it is damaged, of other options or another function, or
/// its values are impossible. Thrown by state_reader, engine::load() and a function's own
/// `check_state()` and `migrate()`.
///
/// Behind Kapacitor the task starts fresh, and the text is logged as an error; with
/// `--strict-restore` the task fails instead. Starting fresh is the default because Kapacitor would
/// give the same bytes back at every start, until somebody deletes the snapshot.
class state_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A snapshot would be larger than task_limits::max_snapshot: writing it has stopped there.
class snapshot_limit_error : public std::runtime_error {
 public:
  /// How far it came: groups written, the one that was too much included, of how many.
  snapshot_limit_error(std::size_t written, std::size_t groups)
      : std::runtime_error("the limit was reached with group " + std::to_string(written) + " of " +
                           std::to_string(groups)) {}
};

}  // namespace kapacitor::udf
