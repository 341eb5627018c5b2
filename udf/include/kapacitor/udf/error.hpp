#pragma once

#include <stdexcept>
#include <string>

namespace kapacitor::udf {

/// A TICKscript gave an option that the function cannot work with. Thrown by `options::check()`.
///
/// The text reaches the author of the TICKscript as the task's error: say what is wrong, what was
/// given and what is allowed.
class option_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Gathers all that is wrong with the options, so that one message says it.
///
///     udf::option_problems problems;
///     if (low > high) problems.add("low must be at most high, got ...");
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
  /// Errors: option_error with all that was added, unless nothing was.
  void throw_if_any() const {
    if (!empty()) throw option_error(text_);
  }

 private:
  std::string text_;
};

/// A snapshot does not fit the function. Thrown by a function's own `check_state()`.
///
/// The task starts fresh, and the text is logged; with `--strict-restore` the task fails instead.
class state_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kapacitor::udf
