#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace kapacitor {

/// What a field of a line holds. A string is a view.
using line_value = std::variant<double, std::int64_t, std::string_view, bool>;

struct line_field {
  std::string_view name;
  line_value value;

  friend bool operator==(const line_field&, const line_field&) = default;
};

struct line_tag {
  std::string_view name, value;

  friend bool operator==(const line_tag&, const line_tag&) = default;
};

// Values as line protocol writes them; each returns nothing if the text is not one.

/// Decimal digits, with a minus if wanted, that an int64 holds; without the i behind them.
std::optional<std::int64_t> read_integer(std::string_view text);
/// 1.5, -1e3, .5; too small is 0, as for InfluxDB; too large, NaN and infinity are not numbers.
std::optional<double> read_float(std::string_view text);
/// t, T, true, True, TRUE; f, F, false, False, FALSE.
std::optional<bool> read_boolean(std::string_view text);
/// A field's value without quotes: a float, an integer with its i, or a boolean.
std::optional<line_value> read_plain_value(std::string_view text);

}  // namespace kapacitor
