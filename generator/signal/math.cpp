#include "signal/math.hpp"

#include <initializer_list>

namespace kapacitor::generator {

phase_angle phase_of_turns(double turns) noexcept {
  const double part = turns - std::floor(turns);
  // Rounding may have made it 1.
  return part < 1.0 ? static_cast<phase_angle>(part * 0x1p64) : 0;
}

phase_angle phase_of_time(std::int64_t time, std::int64_t period) noexcept {
  __extension__ using wide = unsigned __int128;
  auto within = time % period;
  if (within < 0) within += period;
  return static_cast<phase_angle>((wide{static_cast<std::uint64_t>(within)} << 64U) /
                                  static_cast<std::uint64_t>(period));
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

double natural_exp(double x) noexcept {
  if (x < -700.0) return 0.0;
  const double twos = std::floor(x * 1.4426950408889634 + 0.5);
  const double r = x - twos * 0.6931471805599453;
  double sum = 1.0;
  for (int k = 14; k >= 1; --k) sum = 1.0 + sum * r / k;
  return std::ldexp(sum, static_cast<int>(twos));
}

}  // namespace kapacitor::generator
