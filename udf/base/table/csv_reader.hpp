#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/table/csv_dialect.hpp"
#include "base/table/csv_record.hpp"

namespace kapacitor {

/// A place in a text, counted from 1; the column in bytes, 0: the whole line.
struct text_place {
  std::uint64_t line = 1, column = 1;
};

/// "3:7: " or "3: ".
std::string to_text(text_place where);

/// What is wrong with a table, and where: "3:7: …".
struct table_error : std::runtime_error {
  table_error(text_place where, const std::string& what)
      : std::runtime_error(to_text(where) + what) {}
};

/// Reads the records of a CSV file, one after the other. Lines end with LF or CRLF, the last one
/// may; a byte order mark, the line "sep=…" and empty lines are skipped.
///
/// A quote that is opened and not closed ends with its first line: one bad record must not take the
/// rest of the text along.
///
/// Lifetime: that of the text. Cost: no allocation in steady state
class csv_reader {
 public:
  static constexpr std::size_t longest = 25'000'000;  // bytes of a record

  /// The dialect is detected.
  explicit csv_reader(std::string_view text) : csv_reader(text, detect_dialect(text)) {}
  csv_reader(std::string_view text, const csv_dialect& d);

  /// Goes on to the next record that is not empty. Returns: false at the end
  bool next();

  const csv_dialect& dialect() const { return dialect_; }
  /// Its cells; not all of them if wrong() says something.
  const csv_record& record() const { return record_; }
  /// The record as it is written, without the end of its line.
  std::string_view text() const { return line_; }
  /// Empty, or what is wrong with the record, and what is allowed.
  std::string_view wrong() const { return wrong_; }
  text_place wrong_place() const { return place_of(wrong_at_); }

  /// Where the record begins.
  std::uint64_t line() const { return number_; }
  /// Where something is that is so many bytes behind the record's beginning.
  text_place place_of(std::size_t bytes) const;
  text_place place_of_cell(std::size_t i) const { return place_of(record_.at(i).place); }

 private:
  bool take();
  void refuse_lone_returns();

  std::string_view all_;
  csv_dialect dialect_;
  std::size_t at_ = 0;
  std::string_view line_, wrong_;
  std::size_t wrong_at_ = 0;  // in the record
  std::uint64_t number_ = 0;
  std::uint64_t breaks_ = 1;  // in the record, with the one at its end; before the first, 1
  csv_record record_;
};

}  // namespace kapacitor
