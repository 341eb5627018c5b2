#pragma once

#include <cstdint>
#include <tuple>

namespace kapacitor {

/// A warning that repeats is worth a line at its 1st, 2nd, 4th, 8th ... occurrence.
class doubling {
 public:
  bool due(std::uint64_t count) {
    if (count < next_) return false;
    while (next_ <= count) next_ *= 2;
    return true;
  }
  auto state() { return std::tie(next_); }

 private:
  std::uint64_t next_ = 1;
};

}  // namespace kapacitor
