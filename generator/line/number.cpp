#include "line/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kapacitor::generator {
namespace {

constexpr std::int64_t powers[] = {1,      10,      100,      1000,      10000,
                                   100000, 1000000, 10000000, 100000000, 1000000000};

}  // namespace

char* write_integer(char* out, std::int64_t value) noexcept {
  return std::to_chars(out, out + 20, value).ptr;
}

char* write_decimal(char* out, double value, int decimals) noexcept {
  const auto scale = powers[decimals];
  const double scaled = std::floor(value * static_cast<double>(scale) + 0.5);
  auto whole = static_cast<std::int64_t>(std::clamp(scaled, -9e18, 9e18));
  if (whole < 0) {
    *out++ = '-';
    whole = -whole;
  }
  out = write_integer(out, whole / scale);
  if (decimals == 0) return out;
  *out = '.';
  auto rest = whole % scale;
  for (int i = decimals; i > 0; --i) {
    out[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  return out + decimals + 1;
}

}  // namespace kapacitor::generator
