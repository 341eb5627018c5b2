#pragma once

#include <optional>
#include <string_view>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The type of a column: what all its cells fit, or one that was fixed before.
///
/// All cells fit: int, double (ints fit it), bool (true, True, TRUE, false, False, FALSE), or else
/// string. A cell in quotes is a string, and so is a number with a leading 0, such as 01234: it is
/// a code, and would lose its 0.
class cell_type {
 public:
  enum class kind { none, integer, floating, boolean, text };

  /// Of "int", "double", "bool", "string"; empty for all others.
  static std::optional<kind> named(std::string_view name);
  static std::string_view name_of(kind k);

  cell_type() = default;
  /// Fixed, unless it is `none`.
  explicit cell_type(kind fixed) : kind_(fixed), fixed_(fixed != kind::none) {}

  /// Takes a cell in that read() has to be able to read. Returns: false if the type is fixed, and
  /// the cell is not of it.
  bool widen(std::string_view text, bool quoted);
  kind what() const { return kind_; }
  /// Demands: widen() has taken the text.
  udf::value read(std::string_view text) const;

 private:
  static kind kind_of(std::string_view text);
  bool fits(std::string_view text) const;

  kind kind_ = kind::none;
  bool fixed_ = false;
};

}  // namespace kapacitor::udf::functions
