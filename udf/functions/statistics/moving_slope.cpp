#include "functions/statistics/moving_slope.hpp"

namespace kapacitor::udf::functions {

std::pair<double, double> moving_slope::at(const value_window& w, std::size_t i) const {
  if (!timed_) return {static_cast<double>(origin_ + i), w[i]};
  const auto since = elapsed(static_cast<std::int64_t>(origin_), w.time(i));
  return {static_cast<double>(since) * 1e-9, w[i]};
}

void moving_slope::oldest_leaves(const value_window& w) {
  const auto [x, y] = at(w, 0);
  sums_.remove(x, y);
  if (!timed_) ++origin_;
}

void moving_slope::newest_came(const value_window& w) {
  const auto n = w.size();
  if (n == 1) origin_ = timed_ ? static_cast<std::uint64_t>(w.time(0)) : 0;
  const auto [x, y] = at(w, n - 1);
  sums_.add(x, y);
  if (!sums_.unsettled(n)) return;
  origin_ = timed_ ? static_cast<std::uint64_t>(w.time(0)) : 0;
  sums_.add_up(n, [&](std::size_t i) { return at(w, i); });
}

std::optional<double> moving_slope::slope() const {
  if (!sums_.usable()) return std::nullopt;
  const double spread = sums_.xx();
  if (!(spread > 0)) return std::nullopt;
  return sums_.xy() / spread;
}

}  // namespace kapacitor::udf::functions
