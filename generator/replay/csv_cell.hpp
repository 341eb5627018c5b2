#pragma once

#include <string>
#include <string_view>

#include "replay/field_map.hpp"

namespace kapacitor::generator {

// A cell of a CSV file as the value of a field. Numbers keep their text.

/// Whether the field is left out: the cell is empty or, where it is not a string, NaN or infinite.
bool is_absent(std::string_view cell, column_type type);
/// What it looks like. REQUIRES: it is not absent
column_type type_of_cell(std::string_view cell);
bool fits(std::string_view cell, column_type type);
/// What is wrong with one that does not fit, and what is allowed.
std::string why_not(std::string_view cell, column_type type);

/// Writes the value; at most 2 + 2 * size bytes. REQUIRES: it fits
char* write_cell(std::string_view cell, column_type type, char* out);

}  // namespace kapacitor::generator
