#pragma once

#include <stdexcept>

namespace kapacitor::inline base {

/// What was asked for cannot be done as asked: one line for the user, exit code 2.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kapacitor::inline base
