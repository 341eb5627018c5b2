#pragma once

#include <functional>
#include <string>

namespace kapacitor {

/// Runs the body of a program. What it throws becomes one line on stderr, and the exit code: that
/// of a user_error, or 1 for any other exception.
///
/// Returns: the exit code
int guarded(const std::string& program, const std::function<int()>& body);

}  // namespace kapacitor
