#include "functions/signal/biquad_filter.hpp"

#include <cmath>
#include <limits>

namespace kapacitor::udf::functions {
namespace {

/// What is so small that computing with it would be slow is nothing.
double without_denormal(double x) {
  return std::abs(x) < std::numeric_limits<double>::min() ? 0.0 : x;
}

}  // namespace

filtered biquad_filter::take(double x, filter_memory& m) const {
  auto& v = m.values;
  if (v.empty()) {
    v.push_back(x);
    for (std::size_t i = 0; i < 2 * sections_.size(); ++i) v.push_back(0);
  }
  // A first value far beyond the others would cost their digits for ever.
  constexpr double far_beyond = 0x1p20;
  if (std::abs(v[0]) > far_beyond * std::abs(x)) [[unlikely]]
    move_origin(x, m);
  const double first = v[0];
  double y = x - first;
  std::size_t at = 1;
  double rests = 0;
  for (const auto& s : sections_) {
    double &z1 = v[at], &z2 = v[at + 1];
    const double in = y;
    y = s.b0 * in + z1;
    z1 = without_denormal(s.b1 * in - s.a1 * y + z2);
    z2 = without_denormal(s.b2 * in - s.a2 * y);
    rests += std::abs(z1) + std::abs(z2);
    at += 2;
  }
  if (passes_constant_) y += first;
  // An infinity would never leave: start again with the next point.
  if (!std::isfinite(y) || !std::isfinite(rests)) {
    m.clear();
    return {};
  }
  return {.value = y};
}

/// Takes distances from `origin` from now on. The memory is what it would be had they always been
/// so: each section adds what a constant leaves in it. What that is rounded by fades.
void biquad_filter::move_origin(double origin, filter_memory& m) const {
  auto& v = m.values;
  double constant = v[0] - origin;
  v[0] = origin;
  std::size_t at = 1;
  for (const auto& s : sections_) {
    const double passed = constant * ((s.b0 + s.b1 + s.b2) / (1 + s.a1 + s.a2));
    v[at] += passed - s.b0 * constant;
    v[at + 1] += s.b2 * constant - s.a2 * passed;
    constant = passed;
    at += 2;
  }
}

}  // namespace kapacitor::udf::functions
