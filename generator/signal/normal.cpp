#include "signal/normal.hpp"

#include "signal/math.hpp"

namespace kapacitor::generator {
namespace {

// Where the tail begins, and the area of each layer, for 256 of them.
constexpr double tail = 3.6541528853610088;
constexpr double area = 0.00492867323399;

double density(double x) {
  return natural_exp(-0.5 * x * x);
}

double uniform_of(std::uint64_t bits) {
  return (static_cast<double>(static_cast<std::int64_t>(bits >> 12U)) + 0.5) * 0x1p-52;
}

/// The next of the numbers that a draw may need beside its own.
double another(std::uint64_t& bits) {
  bits = mix(bits + 0x9e3779b97f4a7c15U);
  return uniform_of(bits);
}

double from_tail(std::uint64_t& bits) {
  for (;;) {
    const double x = -natural_log(another(bits)) / tail;
    if (-2.0 * natural_log(another(bits)) > x * x) return tail + x;
  }
}

}  // namespace

const normal_layers all_layers;

normal_layers::normal_layers() {
  width[0] = area / density(tail);
  width[1] = tail;
  for (unsigned i = 2; i < count; ++i) {
    width[i] = std::sqrt(-2.0 * natural_log(area / width[i - 1] + density(width[i - 1])));
  }
  width[count] = 0;
  for (unsigned i = 0; i < count; ++i) scale[i] = width[i] * 0x1p-55;
  for (unsigned i = 0; i <= count; ++i) height[i] = density(width[i]);
}

double normal_layers::edge(std::uint64_t bits) const noexcept {
  for (;;) {
    const auto layer = bits % count;
    const double x = static_cast<double>(static_cast<std::int64_t>(bits) >> 8U) * scale[layer];
    if (std::fabs(x) < width[layer + 1]) return x;
    if (layer == 0) return std::copysign(from_tail(bits), x);
    const double y = height[layer] + another(bits) * (height[layer + 1] - height[layer]);
    if (y < density(x)) return x;
    bits = mix(bits + 0x9e3779b97f4a7c15U);
  }
}

}  // namespace kapacitor::generator
