#pragma once

#include <stdexcept>

namespace kapacitor::udf::server {

/// The program cannot start: what is wrong and what is allowed, in one line. Exit code 2.
class start_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace kapacitor::udf::server
