#pragma once

#include <cstddef>
#include <string_view>

namespace kapacitor::inline base {

/// Where the line that begins at `from` ends: the place of its '\n', or npos where the text has no
/// end of it. A line break inside a string does not end a line.
std::size_t end_of_line(std::string_view text, std::size_t from);

/// Whether a line says nothing: blank, or a comment.
bool is_blank_or_comment(std::string_view line);

}  // namespace kapacitor::inline base
