#include "base/line/line_end.hpp"

namespace kapacitor {
namespace {

std::size_t first_of_content(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!is_line_space(line[i]) && line[i] != '\r') return i;
  }
  return npos;
}

bool is_comment(std::string_view line) {
  const auto first = first_of_content(line);
  return first != npos && line[first] == '#';
}

}  // namespace

std::size_t line_end_finder::find(std::string_view text, std::size_t from) {
  if (scanned_ > 0) return find_quoted(text, from);
  // What was looked at holds neither a line break nor a quote.
  const auto newline = text.find('\n', from + plain_);
  const auto line = text.substr(from, newline == npos ? npos : newline - from);
  const bool plain = line.find('"', plain_) == npos && !line.ends_with('\\');
  if (!plain && !is_comment(line)) return find_quoted(text, from);
  if (plain) plain_ = line.size();
  return newline;
}

// Inside the fields, commas and '=' tell whether a quote opens a string or is part of a name.
std::size_t line_end_finder::find_quoted(std::string_view text, std::size_t from) {
  for (auto i = from + scanned_; i < text.size(); ++i) {
    const char c = text[i];
    scanned_ = i - from;
    if (c == '\\') {
      if (++i == text.size()) return npos;
    } else if (c == '\n' && !in_string_) {
      return i;
    } else if (c == ' ') {
      in_fields_ = true;
    } else if (in_fields_ && c == '"' && equals_ > commas_) {
      in_string_ = !in_string_;
    } else if (in_fields_ && !in_string_) {
      equals_ += c == '=';
      commas_ += c == ',';
    }
    scanned_ = i + 1 - from;
  }
  return npos;
}

std::size_t end_of_line(std::string_view text, std::size_t from) {
  return line_end_finder().find(text, from);
}

bool is_blank_or_comment(std::string_view line) {
  const auto first = first_of_content(line);
  return first == npos || line[first] == '#';
}

}  // namespace kapacitor
