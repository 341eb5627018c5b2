#pragma once

#include <string>

namespace kapacitor {

/// All that is in a file, also of a pipe.
///
/// Errors: usage_error `cannot read "PATH": No such file or directory`, or whatever the reason is
std::string read_text_file(const std::string& path);

}  // namespace kapacitor
