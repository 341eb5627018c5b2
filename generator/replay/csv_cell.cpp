#include "replay/csv_cell.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/line/value.hpp"
#include "base/text/shown.hpp"
#include "replay/csv_row.hpp"

namespace kapacitor::generator {
namespace {

/// Line protocol knows no plus sign.
std::string_view number_in(std::string_view cell) {
  auto text = trimmed(cell);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return text;
}

bool is_not_finite(std::string_view cell) {
  auto text = trimmed(cell);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  constexpr std::array<std::string_view, 3> words{"nan", "inf", "infinity"};
  return std::any_of(words.begin(), words.end(),
                     [text](auto word) { return boost::algorithm::iequals(text, word); });
}

}  // namespace

bool is_absent(std::string_view cell, column_type type) {
  if (type == column_type::string) return cell.empty();
  return trimmed(cell).empty() || is_not_finite(cell);
}

column_type type_of_cell(std::string_view cell) {
  if (read_float(number_in(cell))) return column_type::floating;
  // One letter is more likely a text.
  const auto text = trimmed(cell);
  if (text.size() > 1 && read_boolean(text)) return column_type::boolean;
  return column_type::string;
}

bool fits(std::string_view cell, column_type type) {
  switch (type) {
    case column_type::floating:
      return read_float(number_in(cell)).has_value();
    case column_type::integer:
      return read_integer(number_in(cell)).has_value();
    case column_type::boolean: {
      const auto text = trimmed(cell);
      return read_boolean(text) || text == "0" || text == "1";
    }
    case column_type::automatic:
    case column_type::string:
      return true;
  }
  return false;
}

std::string why_not(std::string_view cell, column_type type) {
  switch (type) {
    case column_type::integer:
      return shown(cell) + ": allowed are whole numbers of 64 bits, by its type int";
    case column_type::boolean:
      return shown(cell) + ": allowed are true, false, 1, 0, by its type bool";
    default:
      return shown(cell) +
             ": allowed are numbers, by its first value or its type float; "
             "--field COLUMN:string takes any text";
  }
}

char* write_cell(std::string_view cell, column_type type, char* out) {
  if (type == column_type::string) {
    *out++ = '"';
    out = write_escaped(out, cell, text_escapes);
    *out++ = '"';
    return out;
  }
  auto text = number_in(cell);
  if (type == column_type::boolean && text == "0") text = "f";
  if (type == column_type::boolean && text == "1") text = "t";
  out = std::copy(text.begin(), text.end(), out);
  if (type == column_type::integer) *out++ = 'i';
  return out;
}

}  // namespace kapacitor::generator
