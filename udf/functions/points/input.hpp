#pragma once

#include <cmath>
#include <optional>
#include <string_view>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The number to compute with: a double or an int, finite. Empty if the point is to be skipped.
inline std::optional<double> finite_number(const udf::point& p, std::string_view field) {
  const auto x = p.number(field);
  return x && std::isfinite(*x) ? x : std::nullopt;
}

}  // namespace kapacitor::udf::functions
