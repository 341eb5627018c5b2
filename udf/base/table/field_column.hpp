#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/table/column_profile.hpp"
#include "base/table/field_map.hpp"

namespace kapacitor {

/// A column that becomes a field of line protocol: first it sees all cells, then it is decided what
/// they are, then they are written. Numbers keep their digits.
class field_column {
 public:
  field_column(std::string name, column_type type, bool is_unsigned);

  /// What a cell is for its row.
  enum class cell { value, missing, wrong };
  /// Looks at a cell; until decide(), it is `wrong` only by the type that was asked for.
  cell take(std::string_view text, std::uint64_t line);
  /// What is wrong with a cell that is, and what is allowed: "oops": allowed are …
  std::string why_not(std::string_view text) const;

  const column_profile& profile() const { return profile_; }
  struct decision {
    std::string problem;     // empty, or why the column has no one type; it is then numbers
    std::uint64_t line = 0;  // of the cell that is in the way
    std::string warning;
    bool look_again = false;  // rows were taken for what they are not
  };
  decision decide(const column_profile::hints& h);

  const std::string& name() const { return name_; }
  const std::string& prefix() const { return prefix_; }
  /// "float, written 1,721.5", "int", …; after decide()
  std::string type_text() const;
  std::uint64_t values() const { return values_; }

  /// Whether the cell is no value. After decide()
  bool is_absent(std::string_view text) const {
    return type_ == column_type::string ? text.empty() : is_missing(text);
  }
  /// Writes the value; at most 2 + 2 * size bytes. REQUIRES: a value, after decide()
  char* write(std::string_view text, char* out) const;

 private:
  bool is_number() const { return type_ == column_type::floating || type_ == column_type::integer; }
  bool fits(std::string_view text) const;
  bool fits_integer(std::string_view text, const number_look& look) const;

  std::string name_, prefix_;  // prefix: "name=", escaped
  column_type type_;
  bool is_unsigned_, decided_ = false;
  number_style style_ = number_style::plain;
  bool percent_ = false;
  column_profile profile_;
  std::uint64_t values_ = 0;
};

}  // namespace kapacitor
