#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/table/field_map.hpp"
#include "base/text/time_text.hpp"

namespace kapacitor {

/// How the rows of a table become points.
struct table_settings {
  std::string path;                           // names the file in messages
  time_format time = time_format::automatic;  // automatic: by all cells
  std::optional<std::string> measurement;     // empty: the column that has it, or the file's name
  bool measurement_yields = false;            // to the column that has it, if there is one
  std::optional<std::string> time_column;     // empty: timestamp, time, …; else the first
  std::vector<csv_field> fields;              // empty: every other column
  std::vector<csv_tag> tags;                  // beside those that the format itself tells
  std::optional<bool> decimal_comma;          // empty: by all cells
  bool skip_bad_lines = false;                // otherwise a column without one type is an error
  bool unsigned_integers = false;             // whether the points' target takes 5u
  std::string_view remedy = {};  // what a message adds: a flag that leaves out bad rows
};

/// A measurement for the points of a file: its name without folder and extensions, and with '_' for
/// what would need quotes.
std::string measurement_of(const std::string& path);

}  // namespace kapacitor
