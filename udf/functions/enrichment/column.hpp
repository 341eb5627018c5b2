#pragma once

#include <string>
#include <string_view>

namespace kapacitor::udf::functions {

/// The type of a field; any: what all cells of the column fit.
enum class field_type { any, integer, number, boolean, text };

/// As addField has it: "int", "double", "bool", "string".
std::string_view name_of(field_type t);

/// A column of a table, and what it is called at a point.
struct column {
  std::string name, as;
  field_type type = field_type::any;  // of a field
  bool pinned = false;                // by the table of before, not by the option

  /// 'rack' or 'rack as rack_name'.
  static column read(const std::string& text);
  /// The same, or 'limit as limit:double', with the type int, double, bool or string.
  static column read_field(const std::string& text);
};

}  // namespace kapacitor::udf::functions
