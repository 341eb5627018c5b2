#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/table/number_style.hpp"

namespace kapacitor {

/// What the values of a column are. none: it has no values
enum class column_kind { none, integer, number, boolean, text };

/// What is decided of a column.
struct column_verdict {
  column_kind kind = column_kind::none;
  number_style style = number_style::plain;
  bool percent = false;  // the numbers have a percent sign, which is dropped
  /// Why it cannot be decided, of the cell in `line`: "is "oops", but 41 of 42 values are numbers
  /// …"
  std::string problem;
  std::uint64_t line = 0;
  /// What a user should know of a column of text: "… 3 of 40 cells look like numbers".
  std::string warning;
};

/// Looks at all cells of a column, then decides what they are: never cell by cell.
///
/// Numbers may be written in any number_style, if all of them are in one. Cells that are empty or
/// is_missing() say nothing. Numbers and texts in one column are text if most cells are, with a
/// warning; otherwise they are a problem.
class column_profile {
 public:
  /// A cell, and the line that it stands in. `is_text`: whatever it looks like
  void take(std::string_view cell, std::uint64_t line, bool is_text = false);

  struct hints {
    std::optional<bool> decimal_comma = std::nullopt;         // what the user says of the file
    bool comma_likely = false;                                // the cells are separated by ';'
    bool commas_elsewhere = false, points_elsewhere = false;  // decimal marks of other columns
    bool codes = false;       // whole numbers with leading zeros, such as 007, are text
    bool quote_cells = true;  // else problems and warnings name lines, but no cell's text
  };
  column_verdict decide(const hints& h) const;

  /// Whether its numbers can only be read with a decimal comma, or only with a point.
  bool has_decimal_comma() const;
  bool has_decimal_point() const;
  /// Whether a cell was there that is_missing() and not empty.
  bool has_words_for_missing() const { return missing_words_ > 0; }

 private:
  /// The first cell of a kind.
  struct example {
    std::string cell;
    std::uint64_t line = 0;
    void set(std::string_view c, std::uint64_t l);
    /// "oops" in line 4
    std::string text(const hints& h) const;
    /// "oops", or, if cells are not quoted, `otherwise`.
    std::string text_or(const char* otherwise, const hints& h) const;
  };

  void take_number(std::string_view cell, const number_look& look, std::uint64_t line);
  void take_other(std::string_view cell, std::uint64_t line, bool is_text);
  column_verdict decide_number(const hints& h) const;
  column_verdict decide_text(const hints& h) const;
  column_verdict decide_mixed(const hints& h) const;
  std::optional<number_style> choose_style(const hints& h) const;
  column_verdict style_problem(const hints& h) const;

  std::uint64_t numbers_ = 0, booleans_ = 0, texts_ = 0, percents_ = 0;
  std::uint64_t units_ = 0;  // texts that are a number with a unit
  std::uint64_t missing_words_ = 0;
  number_styles styles_ = number_styles::all(), whole_ = number_styles::all();
  bool fits_int64_ = true, leading_zeros_ = false;
  example number_, boolean_, text_, clash_, percent_, no_percent_;
};

/// Whether a cell stands for no value where numbers or booleans are expected: it is empty, NaN,
/// infinite, or one of n/a, NA, null, nil, none, undefined, #N/A, -, --.
bool is_missing(std::string_view cell);

/// "int", "float", "bool", "string" or "no values".
std::string_view name_of(column_kind kind);

}  // namespace kapacitor
