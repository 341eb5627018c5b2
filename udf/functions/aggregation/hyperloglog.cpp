#include "functions/aggregation/hyperloglog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

namespace kapacitor::udf::functions {
namespace {

/// x + x²·1 + x⁴·2 + x⁸·4 ... of the part of registers that are 0.
double sigma(double x) {
  double sum = x, before = 0;
  for (double factor = 1; sum != before; factor += factor) {
    x *= x;
    before = sum;
    sum += x * factor;
  }
  return sum;
}

/// The counterpart for the part of registers that are not full.
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double rest = 1 - x, before = 0;
  for (double factor = 0.5; rest != before; factor /= 2) {
    x = std::sqrt(x);
    before = rest;
    rest -= (1 - x) * (1 - x) * factor;
  }
  return rest / 3;
}

}  // namespace

void hyperloglog::add(std::uint64_t hash) {
  if (!registers_.empty()) [[likely]] {
    return set(hash);
  }
  const auto at = std::lower_bound(few_.begin(), few_.end(), hash);
  if (at != few_.end() && *at == hash) return;
  if (few_.size() < most_few()) {
    few_.insert(at, hash);
    return;
  }
  registers_.assign(size(), 0);
  for (const auto h : few_) set(h);
  few_.clear();
  set(hash);
}

inline void hyperloglog::set(std::uint64_t hash) {
  auto& held = registers_[hash >> (64 - precision_)];
  // Where the first 1 is behind the bits that chose the register.
  const auto zeros =
      std::countl_zero((hash << precision_) | (std::uint64_t{1} << (precision_ - 1)));
  held = std::max(held, static_cast<std::uint8_t>(zeros + 1));
}

double hyperloglog::estimate() const {
  if (registers_.empty()) return static_cast<double>(few_.size());
  std::array<std::uint32_t, 66> with{};  // registers by what they hold
  for (const auto r : registers_) ++with[r];
  const auto m = static_cast<double>(registers_.size());
  const auto full = 65 - precision_;
  double z = m * tau(1 - with[full] / m);
  for (auto r = full - 1; r > 0; --r) z = (z + with[r]) / 2;
  z += m * sigma(with[0] / m);
  // The estimate is too high by about this for few registers (Flajolet and others, figure 3).
  const double bias = 1 + 1.079 / m;
  return m / (2 * std::numbers::ln2 * bias) * (m / z);
}

void hyperloglog::clear() {
  few_.clear();
  registers_.clear();
}

void hyperloglog::check_state() const {
  bool good = registers_.empty() || (registers_.size() == size() && few_.empty());
  good = good && few_.size() <= most_few() &&
         std::adjacent_find(few_.begin(), few_.end(), [](auto a, auto b) { return a >= b; }) ==
             few_.end() &&
         std::all_of(registers_.begin(), registers_.end(),
                     [&](auto r) { return r <= 65 - precision_; }) &&
         (registers_.empty() ||
          std::any_of(registers_.begin(), registers_.end(), [](auto r) { return r != 0; }));
  if (!good) throw udf::state_error("the snapshot's registers do not fit the option precision");
}

}  // namespace kapacitor::udf::functions
