#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kapacitor {

/// What a column of a CSV file becomes. automatic: as its first value looks, a number (float), true
/// or false (boolean), or else text (string).
enum class column_type { automatic, floating, integer, boolean, string };

struct csv_field {
  std::string column;
  std::string name;  // of the field
  column_type type = column_type::automatic;
  bool operator==(const csv_field&) const = default;
};

struct csv_tag {
  std::string column;
  std::string name;
  bool operator==(const csv_tag&) const = default;
};

/// "COLUMN[:TYPE][=NAME]", TYPE one of auto, float, int, bool, string. A backslash takes ':', '='
/// and ',' into the column. Errors: usage_error
csv_field parse_field(std::string_view text);

/// Several of them, between commas: "value:float,state:string=mode". Errors: usage_error
std::vector<csv_field> parse_field_map(std::string_view text);

/// "COLUMN[=NAME]". Errors: usage_error
csv_tag parse_tag(std::string_view text);

}  // namespace kapacitor
