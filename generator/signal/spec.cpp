#include "signal/spec.hpp"

#include <algorithm>
#include <cmath>

namespace kapacitor::generator {
namespace {

double deviation(const noise_spec& n) {
  switch (n.kind) {
    case noise::uniform:
      return n.size / std::sqrt(3.0);
    case noise::laplace:
      return n.size * std::sqrt(2.0);
    case noise::student:
      // From two degrees down it has none: its scale has to do.
      return n.freedom > 2 ? n.size * std::sqrt(n.freedom / (n.freedom - 2.0)) : n.size;
    case noise::lognormal: {
      const double grown = std::exp(n.shape * n.shape);
      return n.size * std::sqrt((grown - 1) * grown);
    }
    case noise::poisson:
      return n.size * std::sqrt(n.shape);
    case noise::normal:
    case noise::pink:
      return n.size;
  }
  return n.size;
}

double variance(const signal_spec& s) {
  const auto of_parts = [](const std::vector<signal_spec>& parts) {
    double sum = 0;
    for (const auto& part : parts) sum += variance(part);
    return sum;
  };
  if (const auto* n = std::get_if<noise_spec>(&s.kind)) return deviation(*n) * deviation(*n);
  if (const auto* w = std::get_if<walk_spec>(&s.kind)) return w->sigma * w->sigma;
  if (const auto* a = std::get_if<ar1_spec>(&s.kind)) {
    return a->sigma * a->sigma / (1 - a->phi * a->phi);
  }
  if (const auto* sum = std::get_if<sum_spec>(&s.kind)) return of_parts(sum->parts);
  if (const auto* product = std::get_if<product_spec>(&s.kind)) return of_parts(product->parts);
  return 0;
}

}  // namespace

double noise_level(const signal_spec& s) {
  return std::sqrt(variance(s));
}

bool has_period(const signal_spec& s) {
  const auto any = [](const std::vector<signal_spec>& parts) {
    return std::any_of(parts.begin(), parts.end(), has_period);
  };
  if (const auto* sum = std::get_if<sum_spec>(&s.kind)) return any(sum->parts);
  if (const auto* product = std::get_if<product_spec>(&s.kind)) return any(product->parts);
  return std::holds_alternative<wave_spec>(s.kind) || std::holds_alternative<chirp_spec>(s.kind) ||
         std::holds_alternative<step_spec>(s.kind) || std::holds_alternative<seasonal_spec>(s.kind);
}

}  // namespace kapacitor::generator
