#include "signal/math.hpp"

#include <cmath>
#include <initializer_list>

namespace kapacitor::generator {

double sine_of_turns(double turns) noexcept {
  double t = turns - std::floor(turns + 0.5);
  if (t > 0.25) t = 0.5 - t;
  if (t < -0.25) t = -0.5 - t;
  const double x = t * 6.283185307179586;
  const double q = x * x;
  // The Taylor series up to x^15, as nested products.
  double s = 1.0 - q / 210.0;
  s = 1.0 - q / 156.0 * s;
  s = 1.0 - q / 110.0 * s;
  s = 1.0 - q / 72.0 * s;
  s = 1.0 - q / 42.0 * s;
  s = 1.0 - q / 20.0 * s;
  s = 1.0 - q / 6.0 * s;
  return x * s;
}

double natural_log(double x) noexcept {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.7071067811865476) {
    m *= 2.0;
    --exponent;
  }
  const double s = (m - 1.0) / (m + 1.0);
  const double q = s * s;
  double sum = 1.0 / 15.0;
  for (const double odd : {13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0}) sum = sum * q + 1.0 / odd;
  return 2.0 * s * sum + exponent * 0.6931471805599453;
}

double normal_quantile(double p) noexcept {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
           (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1.0);
  }
  double r = std::sqrt(-natural_log(q < 0 ? p : 1.0 - p));
  double x = 0;
  if (r <= 5.0) {
    r -= 1.6;
    x = (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
        ((0.12021132975 * r + 0.7370016425) * r + 1.0);
  } else {
    r -= 5.0;
    x = (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) /
        ((0.012258202635 * r + 0.24197894225) * r + 1.0);
  }
  return q < 0 ? -x : x;
}

}  // namespace kapacitor::generator
