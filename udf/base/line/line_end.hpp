#pragma once

#include <cstddef>
#include <string_view>

namespace kapacitor {

/// Whether InfluxDB skips the character between the parts of a line: a space, a tab or NUL.
constexpr bool is_line_space(char c) {
  return c == ' ' || c == '\t' || c == '\0';
}

/// Not found.
inline constexpr auto npos = std::string_view::npos;

/// Where the line that begins at `from` ends: the place of its '\n', or npos if the text does not
/// hold its end. A line break inside a string does not end a line.
std::size_t end_of_line(std::string_view text, std::size_t from);

/// Whether a line holds no point: blank, or a comment.
bool is_blank_or_comment(std::string_view line);

/// end_of_line() for text that comes piece by piece.
///
/// Cost: each byte of a line is looked at once, however many pieces it comes in
class line_end_finder {
 public:
  /// As end_of_line(). After npos it may be asked again with the same text and more behind it: the
  /// search goes on where it stopped.
  std::size_t find(std::string_view text, std::size_t from);
  /// After npos: whether the text ends inside a string.
  bool in_string() const { return in_string_; }
  /// The next find() is about another line.
  void restart() { *this = {}; }

 private:
  std::size_t find_quoted(std::string_view text, std::size_t from);

  std::size_t plain_ = 0;    // bytes of the line without a line break and a quote
  std::size_t scanned_ = 0;  // bytes of the line, for what the members below say
  bool in_fields_ = false, in_string_ = false;
  std::size_t equals_ = 0, commas_ = 0;
};

}  // namespace kapacitor
