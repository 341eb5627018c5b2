#include "functions/enrichment/cell_value.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "base/line/value.hpp"
#include "base/text/encoding.hpp"

namespace kapacitor::udf::functions {
namespace {

constexpr std::pair<field_type, column_kind> same[] = {{field_type::integer, column_kind::integer},
                                                       {field_type::number, column_kind::number},
                                                       {field_type::boolean, column_kind::boolean},
                                                       {field_type::text, column_kind::text}};

}  // namespace

column_kind kind_of(field_type t) {
  for (const auto& [type, kind] : same) {
    if (type == t) return kind;
  }
  return column_kind::none;
}

field_type type_of(column_kind k) {
  for (const auto& [type, kind] : same) {
    if (kind == k) return type;
  }
  return field_type::any;
}

bool fits(column_kind k, field_type t) {
  return t == field_type::any || t == field_type::text || k == column_kind::none ||
         k == kind_of(t) || (t == field_type::number && k == column_kind::integer);
}

std::string_view why_no_tag(std::string_view text) {
  if (text.ends_with('\\')) return "ends with a backslash";
  return text.find('\n') == std::string_view::npos ? "" : "has a line break";
}

std::optional<udf::value> value_of(std::string_view cell, const column_verdict& v) {
  if (v.kind == column_kind::text) return udf::value(cell);
  if (is_missing(cell)) return std::nullopt;
  if (v.kind == column_kind::boolean) return udf::value(*read_boolean(trimmed(cell)));
  std::string plain(cell.size(), '\0');
  const auto* end = write_plain_number(cell, v.style, plain.data());
  plain.resize(static_cast<std::size_t>(end - plain.data()));
  if (v.kind == column_kind::integer) return udf::value(*read_integer(plain));
  return udf::value(*read_float(plain));
}

}  // namespace kapacitor::udf::functions
