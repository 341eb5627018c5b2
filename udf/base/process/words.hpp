#pragma once

#include <string>
#include <vector>

namespace kapacitor {

/// The words of a command as a shell would see them, though none is run: quotes, backslashes,
/// $VARIABLES, ~ and file names with *. Nothing else of a shell is there.
///
///     split_words("python3 'my agent.py' --level=3")  // python3, my agent.py, --level=3
///
/// Errors: usage_error with what a shell would be needed for
std::vector<std::string> split_words(const std::string& command);

}  // namespace kapacitor
