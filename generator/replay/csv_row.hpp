#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kapacitor::generator {

/// One record of a CSV file, in cells, as RFC 4180 quotes them.
///
/// Cost: no allocation in steady state
class csv_row {
 public:
  /// Returns: empty, or what is wrong. Lifetime: cells live as long as the record and this row,
  /// until the next split().
  std::string_view split(std::string_view record);

  std::size_t size() const { return cells_.size(); }
  std::string_view operator[](std::size_t cell) const { return cells_[cell]; }

 private:
  std::string_view take_quoted(std::string_view& rest);

  std::vector<std::string_view> cells_;
  std::string unquoted_;  // never grows while a record is split: cells point into it
  std::string_view wrong_;
};

/// Where the record that begins at `from` ends: the place of its '\n', or npos if the text has
/// no end of it. A line break inside quotes does not end a record.
std::size_t end_of_record(std::string_view text, std::size_t from);

/// Without the blanks around it.
std::string_view trimmed(std::string_view text);

}  // namespace kapacitor::generator
