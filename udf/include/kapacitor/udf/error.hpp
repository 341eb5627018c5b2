#pragma once

#include <stdexcept>

namespace kapacitor::udf {

/// A TICKscript gave an option that the function cannot work with. Thrown by `options::check()`.
///
/// The text reaches the author of the TICKscript as the task's error: say what is wrong, what was
/// given and what is allowed.
class option_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A snapshot does not fit the function. Thrown by a function's own `check_state()`.
///
/// The task starts fresh, and the text is logged; with `--strict-restore` the task fails instead.
class state_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kapacitor::udf
