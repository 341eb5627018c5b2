#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "drive/validation.hpp"

namespace kapacitor::udf::doctor {

/// What a socket says when it is asked as kapacitord asks at its start.
struct probed {
  std::optional<host::udf_info> info;  // nothing: it cannot be used
  std::string problem;                 // empty: all is well
};

/// Connects to a socket ("@name" is an abstract one), asks for Info, and waits for the answer and
/// for the end of the connection, which kapacitord's start needs, too.
probed probe(const std::string& socket, std::chrono::nanoseconds patience);

}  // namespace kapacitor::udf::doctor
