#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Texts of Markdown, to be read in a terminal.
namespace kapacitor::udf::server {

/// Without the marks around code, and links as their text.
std::string plain(std::string_view markdown);

/// Lines of a paragraph joined and broken anew at `width` characters. Points of a list keep their
/// hanging indent; tables, code and indented lines stay as they are.
std::string wrapped(std::string_view text, std::size_t width);

/// Each line that is not empty moved to the right.
std::string indented(std::string_view text, std::size_t by);

}  // namespace kapacitor::udf::server
