#pragma once

#include <cmath>
#include <cstdint>

#include "base/numbers/random.hpp"

namespace kapacitor::generator {

/// The normal density cut into 256 layers of equal area.
///
/// Source: Marsaglia, Tsang: The ziggurat method for generating random variables (2000)
struct normal_layers {
  static constexpr unsigned count = 256;

  normal_layers();
  /// What to do with the 1.5 % of draws that the layer alone does not settle.
  double edge(std::uint64_t bits) const noexcept;

  double scale[count];      // of a signed number of 56 bits, to the layer's whole width
  double width[count + 1];  // [layer + 1]: what lies within it lies under the curve
  double height[count + 1];
};
extern const normal_layers all_layers;

/// Mean 0, standard deviation 1: number n of the stream.
///
/// Cost: about 4 ns
inline double normal(const random_stream& stream, std::int64_t n) noexcept {
  const auto bits = stream.bits(n);
  const auto layer = bits % normal_layers::count;
  const double x =
      static_cast<double>(static_cast<std::int64_t>(bits) >> 8U) * all_layers.scale[layer];
  if (std::fabs(x) < all_layers.width[layer + 1]) [[likely]]
    return x;
  return all_layers.edge(bits);
}

}  // namespace kapacitor::generator
