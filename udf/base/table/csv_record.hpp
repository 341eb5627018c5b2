#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kapacitor {

/// One record of a CSV file, in cells, as RFC 4180 quotes them; blanks around a quoted cell are
/// skipped, and a quote within a cell that does not begin with one is a character like any other.
///
/// Cost: no allocation in steady state
class csv_record {
 public:
  struct cell {
    std::string_view text;
    std::uint32_t place = 0;  // where it begins in the record, in bytes
    bool quoted = false;
  };

  /// Returns: empty, or what is wrong. Lifetime: cells live as long as the record and this object,
  /// until the next split().
  std::string_view split(std::string_view record, char separator);
  /// After split() has found something wrong: where, in bytes from the record's beginning.
  std::size_t wrong_place() const { return wrong_place_; }

  std::size_t size() const { return cells_.size(); }
  std::string_view operator[](std::size_t i) const { return cells_[i].text; }
  const cell& at(std::size_t i) const { return cells_[i]; }

 private:
  bool take_quoted(std::string_view record, std::size_t& at);
  std::string_view wrong(std::size_t place, std::string_view why);

  std::vector<cell> cells_;
  std::string unquoted_;  // never grows while a record is split: cells point into it
  std::size_t wrong_place_ = 0;
};

/// Where the record that begins at `from` ends: the place of its '\n', the text's size if it is the
/// last one and has none, or npos if a quote is opened and not closed. A line break inside quotes
/// does not end a record.
std::size_t end_of_record(std::string_view text, std::size_t from, char separator);

}  // namespace kapacitor
