#pragma once

#include <optional>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// Reads a field's value that is no string: 1.5, -1e3, 12i, t, FALSE. Nothing where it is none.
std::optional<value> parse_plain_value(std::string_view text);

/// Why parse_plain_value() returned nothing, for the user.
std::string_view what_is_wrong_with(std::string_view text);

}  // namespace kapacitor::udf::host
