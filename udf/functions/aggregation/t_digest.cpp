#include "functions/aggregation/t_digest.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kapacitor::udf::functions {

namespace {

/// The value at a rank, of centroids that are taken by their means.
class rank_search {
 public:
  rank_search(double q, std::int64_t count) : rank_(q * static_cast<double>(count - 1)) {}

  /// A centroid's mean is the value in the middle of its ranks, counted from 0.
  void take(const t_digest::centroid& c) {
    const auto weight = static_cast<double>(c.weight);
    const double middle = before_ + (weight - 1) / 2;
    if (left_rank_ < rank_) {
      const double part =
          left_rank_ < 0 ? 1 : std::min(1.0, (rank_ - left_rank_) / (middle - left_rank_));
      value_ = part < 1 ? std::clamp(left_ * (1 - part) + c.mean * part, left_, c.mean) : c.mean;
    }
    before_ += weight;
    left_rank_ = middle;
    left_ = c.mean;
  }
  double value() const { return value_; }

 private:
  double rank_, before_ = 0, left_rank_ = -1, left_ = 0, value_ = 0;
};

}  // namespace

/// Few values take just the memory that they need: there may be a million digests.
void t_digest::add(double x) {
  constexpr std::size_t few = 16;
  const auto n = values_.size();
  if (n >= most_values()) {
    settle();
    merge_values();
  } else if (n == values_.capacity()) {
    values_.reserve(std::min(most_values(), std::max(few, 2 * n)));
  }
  values_.push_back(x);
  ++count_;
}

void t_digest::clear() {
  centroids_.clear();
  values_.clear();
  count_ = 0;
}

void t_digest::settle() {
  std::sort(values_.begin(), values_.end());
}

/// Calls visit(centroid) for all centroids and values, by their means. Values have to be in order.
template <class Visit>
void t_digest::in_order(Visit visit) const {
  auto x = values_.begin();
  for (const auto& c : centroids_) {
    for (; x != values_.end() && *x < c.mean; ++x) visit(centroid{*x, 1});
    visit(c);
  }
  for (; x != values_.end(); ++x) visit(centroid{*x, 1});
}

/// Whether one centroid may stand for `weight` values, with `before` values before them. The bound
/// is taken at the end where it is narrower: the smallest and the greatest value always stand
/// alone.
inline bool t_digest::may_hold(std::int64_t before, std::int64_t weight) const {
  const auto n = static_cast<double>(count_), w = static_cast<double>(weight);
  const auto low = static_cast<double>(before), high = static_cast<double>(before + weight);
  const double part = std::numbers::pi / static_cast<double>(compression_);
  return w * w <= part * part * std::min(low * (n - low), high * (n - high));
}

void t_digest::merge_values() {
  static thread_local std::vector<centroid> merged;  // not one for each of a million groups
  merged.clear();
  std::int64_t before = 0;  // values before the last centroid
  in_order([&](const centroid& next) {
    if (!merged.empty()) {
      auto& into = merged.back();
      const auto weight = into.weight + next.weight;
      if (may_hold(before, weight)) {
        const double part = static_cast<double>(next.weight) / static_cast<double>(weight);
        // Weights apart: the distance of two huge values may be beyond a double.
        const double mean = into.mean * (1 - part) + next.mean * part;
        into = {std::clamp(mean, into.mean, next.mean), weight};
        return;
      }
      before += into.weight;
    }
    merged.push_back(next);
  });
  if (centroids_.capacity() < merged.size()) centroids_.reserve(merged.size() + compression_ / 4);
  centroids_.assign(merged.begin(), merged.end());
  values_.clear();
}

double t_digest::quantile(double q) const {
  rank_search search(q, count_);
  in_order([&](const centroid& c) { search.take(c); });
  return search.value();
}

void t_digest::check_state() const {
  bool good =
      centroids_.size() <= most_centroids() && values_.size() <= most_values() && count_ >= 0 &&
      count_ <= std::int64_t{1} << 62 && static_cast<std::uint64_t>(count_) >= values_.size() &&
      std::all_of(values_.begin(), values_.end(), [](double x) { return std::isfinite(x); });
  auto left = good ? count_ - static_cast<std::int64_t>(values_.size()) : 0;
  for (std::size_t i = 0; good && i < centroids_.size(); ++i) {
    const auto& c = centroids_[i];
    good = std::isfinite(c.mean) && c.weight >= 1 && c.weight <= left &&
           (i == 0 || centroids_[i - 1].mean <= c.mean);
    left -= good ? c.weight : 0;
  }
  if (!good || left != 0) throw udf::state_error("the snapshot's centroids are impossible");
}

void t_digest_union::clear() {
  all_.clear();
  count_ = 0;
}

void t_digest_union::add(const t_digest& d) {
  all_.insert(all_.end(), d.centroids_.begin(), d.centroids_.end());
  for (const double x : d.values_) all_.push_back({x, 1});
  count_ += d.count_;
  in_order_ = false;
}

double t_digest_union::quantile(double q) {
  if (!in_order_) {
    std::sort(all_.begin(), all_.end(),
              [](const auto& a, const auto& b) { return a.mean < b.mean; });
    in_order_ = true;
  }
  rank_search search(q, count_);
  for (const auto& c : all_) search.take(c);
  return search.value();
}

}  // namespace kapacitor::udf::functions
