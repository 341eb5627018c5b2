#pragma once

#include <stdexcept>

namespace kapacitor::udf::host {

/// The command line asks for something that cannot be: one line for the user, exit 2.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something the run depends on is not as it should be: one line for the user, exit 2 before the
/// run has begun.
class start_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kapacitor::udf::host
