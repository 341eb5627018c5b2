#pragma once

#include <cstddef>
#include <string>

namespace kapacitor {

/// All that is in a file, also of a pipe, if it is not more than `most` bytes.
///
/// Errors: usage_error `cannot read "PATH": No such file or directory`, or whatever the reason is
std::string read_file(const std::string& path, std::size_t most = std::size_t{64} << 20U);

/// The same of a file of text, without a byte order mark.
///
/// Errors: usage_error also for what is no text, such as UTF-16
std::string read_text_file(const std::string& path);

}  // namespace kapacitor
