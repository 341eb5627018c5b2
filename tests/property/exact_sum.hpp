#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace kapacitor::udf::test {

/// A sum of doubles without any rounding: a fixed point number as wide as doubles reach.
class exact_sum {
 public:
  void add(double x) {
    int exponent = 0;
    // 53 bits, an integer, times 2^(exponent - 53).
    auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(x, &exponent), 53));
    const bool negative = mantissa < 0;
    if (negative) mantissa = -mantissa;
    const auto place = static_cast<unsigned>(exponent - 53 + lowest);
    __extension__ using uint128 = unsigned __int128;
    const auto shifted = static_cast<uint128>(mantissa) << (place % 32);
    for (unsigned i = 0; i < 3; ++i) {
      const auto part = static_cast<std::int64_t>((shifted >> (32 * i)) & 0xffffffffu);
      limbs_[place / 32 + i] += negative ? -part : part;
    }
    if (++pending_ == 1'000'000'000) carry();
  }
  /// To the nearest double, or next to it.
  double rounded() {
    carry();
    const bool negative = limbs_.back() < 0;
    if (negative) negate();
    double x = 0;
    for (auto i = limbs_.size(); i-- > 0;) {
      x += std::ldexp(static_cast<double>(limbs_[i]), static_cast<int>(i) * 32 - lowest);
    }
    if (negative) negate();
    return negative ? -x : x;
  }

 private:
  static constexpr int lowest = 1074 + 64;  // denormals, as frexp scales them

  void negate() {
    for (auto& limb : limbs_) limb = -limb;
    carry();
  }
  void carry() {
    pending_ = 0;
    for (std::size_t i = 0; i + 1 < limbs_.size(); ++i) {
      const auto over = limbs_[i] >> 32;  // rounds down
      limbs_[i] -= over * (std::int64_t{1} << 32);
      limbs_[i + 1] += over;
    }
  }

  std::array<std::int64_t, 74> limbs_{};
  int pending_ = 0;
};

}  // namespace kapacitor::udf::test
