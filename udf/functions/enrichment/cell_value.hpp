#pragma once

#include <optional>
#include <string_view>

#include "base/table/column_profile.hpp"
#include "functions/enrichment/column.hpp"
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::functions {

// What the cells of a column are, as fields of a point.

/// none for any.
column_kind kind_of(field_type t);
/// any for none.
field_type type_of(column_kind k);

/// Whether a column of this kind has no value but of the type.
bool fits(column_kind k, field_type t);

/// What InfluxDB takes in no name and in no tag; empty: nothing.
std::string_view why_no_tag(std::string_view text);

/// A cell as a value of its column's type; nothing if it stands for none.
std::optional<udf::value> value_of(std::string_view cell, const column_verdict& v);

}  // namespace kapacitor::udf::functions
