#include "functions/detection/adaptive_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kapacitor::udf::functions {
namespace {

constexpr std::uint64_t least_window = 10, least_part = 5;  // values
constexpr std::size_t most_rows = 56;

}  // namespace

change_found adaptive_window::push(double x, const settings& s) {
  insert(x);
  mean_.add(x);
  if (s.size > 0 && mean_.count() > s.size) {
    drop_oldest();
    settle_mean();
  }
  if (++since_look_ < s.clock) return {};
  since_look_ = 0;
  if (mean_.count() < least_window) return {};
  const auto first = strongest_split(s.delta);
  if (first.score < 1) {
    settle_mean();
    return {.score = first.score};
  }
  do {
    drop_oldest();
    settle_mean();
  } while (strongest_split(s.delta).score >= 1);
  return {.score = first.score, .direction = first.direction};
}

void adaptive_window::insert(double x) {
  bucket b{.mean = x};
  for (std::size_t r = 0;; ++r) {
    if (r == rows_.size()) {
      // A window that became so long takes ages to double.
      if (r == rows_.capacity() && r >= 8) rows_.reserve(r + 4);
      rows_.emplace_back();
    }
    auto& at = rows_[r];
    at.push_back(b);
    if (at.count <= most_of_a_size) return;
    b = merged(at.buckets[0], at.buckets[1]);
    at.drop_oldest(2);
  }
}

/// Of two of the same size. Standard deviations, not their squares: those may be beyond a double.
adaptive_window::bucket adaptive_window::merged(const bucket& older, const bucket& newer) {
  constexpr double root_of_half = 0.70710678118654752440;
  const double half_apart = newer.mean / 2 - older.mean / 2;
  const double within = std::hypot(older.spread * root_of_half, newer.spread * root_of_half);
  const double spread = std::hypot(within, half_apart);
  return {.mean = older.mean / 2 + newer.mean / 2,
          .spread = std::min(spread, std::numeric_limits<double>::max())};
}

void adaptive_window::drop_oldest() {
  auto& oldest = rows_.back();
  oldest.drop_oldest(1);
  mean_.assign(mean_.count() - (std::uint64_t{1} << (rows_.size() - 1)), 0);
  while (!rows_.empty() && rows_.back().count == 0) rows_.pop_back();
}

void adaptive_window::row::drop_oldest(std::size_t n) {
  std::copy(buckets.begin() + static_cast<std::ptrdiff_t>(n), buckets.begin() + count,
            buckets.begin());
  count = static_cast<std::uint8_t>(count - n);
  // What is not used is the same in every snapshot.
  std::fill(buckets.begin() + count, buckets.end(), bucket{});
}

/// f(bucket, its values), oldest first.
template <class F>
void adaptive_window::for_each_bucket(F f) const {
  for (auto r = rows_.size(); r > 0; --r) {
    const auto& of_size = rows_[r - 1];
    for (std::size_t i = 0; i < of_size.count; ++i) f(of_size.buckets[i], of_row(r - 1));
  }
}

/// Takes the mean from the buckets: what was rounded from value to value is gone.
void adaptive_window::settle_mean() {
  const auto n = static_cast<double>(mean_.count());
  double mean = 0;
  for_each_bucket([&](const bucket& b, double values) { mean += values / n * b.mean; });
  // Once more, of what is left: by halves, for a distance may be beyond a double.
  double rest = 0;
  for_each_bucket(
      [&](const bucket& b, double values) { rest += values / n * (b.mean / 2 - mean / 2); });
  mean_.assign(mean_.count(), mean + 2 * rest);
}

/// Half of how far a value of the window may be from the mean, in order of magnitude.
double adaptive_window::half_deviation() const {
  double largest = 0;
  for_each_bucket([&](const bucket& b, double) {
    largest = std::max({largest, std::abs(b.mean / 2 - mean_.value() / 2), b.spread / 2});
  });
  return largest;
}

/// The cut at which the two parts' means are the farthest apart, as multiple of what chance allows.
adaptive_window::split adaptive_window::strongest_split(double delta) const {
  split strongest;
  const double scale = half_deviation();
  if (mean_.count() < least_window || !(scale > 0)) return strongest;
  const auto n = static_cast<double>(mean_.count());
  const double middle = mean_.value() / 2;
  // In units of the scale: squares then neither overflow nor vanish.
  double sum = 0, squares = 0;
  for_each_bucket([&](const bucket& b, double values) {
    const double mean = (b.mean / 2 - middle) / scale, spread = b.spread / 2 / scale;
    sum += values * mean;
    squares += values * (mean * mean + spread * spread);
  });
  const double spread = std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
  if (!(spread > 0)) return strongest;
  const double doubt = std::log(2 * std::log(n) / delta);
  double n0 = 0, sum0 = 0;
  for_each_bucket([&](const bucket& b, double values) {
    n0 += values;
    sum0 += values * ((b.mean / 2 - middle) / scale);
    const double n1 = n - n0;
    if (n0 < double{least_part} || n1 < double{least_part}) return;
    const double apart = (sum - sum0) / n1 - sum0 / n0;
    const double few = 1 / n0 + 1 / n1;
    const double chance = spread * (std::sqrt(2 * few * doubt) + 2.0 / 3 * few * doubt);
    const double score = std::abs(apart) / chance;
    if (score > strongest.score) strongest = {.score = score, .direction = apart > 0 ? 1 : -1};
  });
  return strongest;
}

void adaptive_window::check_state() const {
  std::uint64_t values = 0;
  bool fits = rows_.size() <= most_rows && (rows_.empty() || rows_.back().count > 0);
  for (std::size_t r = 0; fits && r < rows_.size(); ++r)
    values += std::uint64_t{rows_[r].count} << r;
  if (!fits || values != mean_.count())
    throw udf::state_error("the snapshot has an impossible histogram");
}

void adaptive_window::row::check_state() const {
  if (count > most_of_a_size) throw udf::state_error("the snapshot has an impossible histogram");
}

void adaptive_window::bucket::check_state() const {
  if (!std::isfinite(mean) || !(spread >= 0) || !std::isfinite(spread))
    throw udf::state_error("the snapshot has an impossible bucket");
}

}  // namespace kapacitor::udf::functions
