#include "base/numbers/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kapacitor {

std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= bits) return value;
  const unsigned shift = width - 1 - bits;
  return ((shift + 1) << bits) + (value >> shift) - (1U << bits);
}

std::uint64_t histogram::top_of(std::size_t bucket) noexcept {
  const auto row = bucket >> bits;
  if (row == 0) return bucket;
  const auto within = (bucket & ((1U << bits) - 1)) + (1U << bits);
  return ((within + 1) << (row - 1)) - 1;
}

void histogram::add(std::chrono::nanoseconds duration) noexcept {
  const auto value = std::max<std::int64_t>(0, duration.count());
  ++buckets_[bucket_of(static_cast<std::uint64_t>(value))];
  ++count_;
  total_ += value;
  max_ = std::max(max_, value);
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t b = 0; b < buckets_.size(); ++b) buckets_[b] += other.buckets_[b];
  count_ += other.count_;
  total_ += other.total_;
  max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds histogram::quantile(double q) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t b = 0; b < buckets_.size() && count_ > 0; ++b) {
    seen += buckets_[b];
    if (seen >= wanted && seen > 0) {
      return std::chrono::nanoseconds(std::min(max_, static_cast<std::int64_t>(top_of(b))));
    }
  }
  return std::chrono::nanoseconds(max_);
}

}  // namespace kapacitor
