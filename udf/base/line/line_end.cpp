#include "base/line/line_end.hpp"

namespace kapacitor::inline base {
namespace {

constexpr auto npos = std::string_view::npos;

/// Inside the fields, commas and '=' tell whether a quote opens a string or is part of a name.
std::size_t end_of_quoted_line(std::string_view text, std::size_t from) {
  bool fields = false, quoted = false;
  std::size_t equals = 0, commas = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (c == '\n' && !quoted) {
      return i;
    } else if (c == ' ') {
      fields = true;
    } else if (fields && c == '"' && equals > commas) {
      quoted = !quoted;
    } else if (fields && !quoted) {
      equals += c == '=';
      commas += c == ',';
    }
  }
  return npos;
}

}  // namespace

std::size_t end_of_line(std::string_view text, std::size_t from) {
  const auto newline = text.find('\n', from);
  const auto line = text.substr(from, newline == npos ? npos : newline - from);
  const bool plain = line.find('"') == npos && !line.ends_with('\\');
  if (plain || (newline != npos && is_blank_or_comment(line))) return newline;
  return end_of_quoted_line(text, from);
}

bool is_blank_or_comment(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == npos || line[first] == '#';
}

}  // namespace kapacitor::inline base
