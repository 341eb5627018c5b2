#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kapacitor::udf::functions::csv {

/// What is wrong with a file, and where: "3:7: ...", counted from 1, the column in bytes.
struct error : std::runtime_error {
  error(std::size_t line, std::size_t column, const std::string& what)
      : std::runtime_error(std::to_string(line) + ":" + std::to_string(column) + ": " + what) {}
};

struct cell {
  std::string_view text;
  std::size_t column = 1;  // where it begins in its line
  bool quoted = false;
};
struct row {
  std::size_t line = 1;  // where it begins
  std::vector<cell> cells;
};

/// Reads comma separated values row by row, as RFC 4180 has them.
///
/// Lines end with LF or CRLF, the last one may. A byte order mark is skipped, and so are empty
/// lines. A cell in quotes may hold commas, line ends, and quotes, doubled.
///
/// Lifetime: cells are views into the text, which is written to: doubled quotes become single.
class reader {
 public:
  explicit reader(std::string& text);

  /// Returns: false at the end of the text. Errors: error
  bool next(row& into);

 private:
  bool at_line_end() const;
  void skip_line_end();
  cell take_cell();
  cell take_quoted();
  std::size_t column_of(std::size_t place) const { return place - line_begin_ + 1; }

  std::string& text_;
  std::size_t at_ = 0, line_ = 1, line_begin_ = 0;
};

/// The first byte that is not part of valid UTF-8; the text's size if there is none.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace kapacitor::udf::functions::csv
