#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The number to compute with: a double or an int, finite. Empty if the point is to be skipped.
inline std::optional<double> finite_number(const udf::point& p, std::string_view field) {
  const auto x = p.number(field);
  return x && std::isfinite(*x) ? x : std::nullopt;
}

/// Why finite_number() is empty.
udf::reason why_no_number(const udf::point& p, std::string_view field);

/// Skips a point without a finite number in that field, and says why.
void skip_without_number(const udf::point& p, std::string_view field, udf::emitter& out);

/// The same of a point that has a number in none of several fields.
void skip_without_numbers(const udf::point& p, std::span<const std::string> fields,
                          udf::emitter& out);

/// The point has a number in others of the fields, but not in this one: says why.
void note_missing_number(const udf::point& p, std::string_view field, udf::emitter& out);

}  // namespace kapacitor::udf::functions
