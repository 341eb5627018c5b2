#include "t_digest.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kapacitor::udf::functions {

void t_digest::add(double x) {
  if (centroids_.size() >= limit()) {
    sort();
    compress();
  }
  centroids_.push_back({x, 1});
  ++count_;
}

void t_digest::clear() {
  centroids_.clear();
  settled_ = 0;
  count_ = 0;
}

void t_digest::settle() {
  sort();
}

void t_digest::sort() {
  if (settled_ == centroids_.size()) return;
  std::sort(centroids_.begin(), centroids_.end(), [](const centroid& a, const centroid& b) {
    return a.mean != b.mean ? a.mean < b.mean : a.weight < b.weight;
  });
  settled_ = centroids_.size();
}

/// Whether one centroid may stand for so many values, with so many before them. The bound is taken
/// at the end where it is narrower: the smallest and the greatest value always stand alone.
inline bool t_digest::may_hold(std::int64_t before, std::int64_t weight) const {
  const auto n = static_cast<double>(count_);
  const double low = static_cast<double>(before) / n;
  const double high = static_cast<double>(before + weight) / n;
  const double part = std::min(low * (1 - low), high * (1 - high));
  const double most = 2 * std::numbers::pi / static_cast<double>(compression_);
  return high - low <= most * std::sqrt(std::max(0.0, part));
}

void t_digest::compress() {
  std::size_t last = 0;
  std::int64_t before = 0;  // values before the last centroid
  for (std::size_t i = 1; i < centroids_.size(); ++i) {
    const auto next = centroids_[i];
    auto& into = centroids_[last];
    const auto weight = into.weight + next.weight;
    if (may_hold(before, weight)) {
      const double part = static_cast<double>(next.weight) / static_cast<double>(weight);
      // Weights apart: the distance of two huge values may be beyond a double.
      into.mean = std::clamp(into.mean * (1 - part) + next.mean * part, into.mean, next.mean);
      into.weight = weight;
    } else {
      before += into.weight;
      centroids_[++last] = next;
    }
  }
  centroids_.resize(std::min(centroids_.size(), last + 1));
  settled_ = centroids_.size();
}

double t_digest::quantile(double q) const {
  // A centroid's mean is the value in the middle of its ranks, counted from 0.
  const double rank = q * static_cast<double>(count_ - 1);
  double before = 0, left_rank = 0, left = centroids_.front().mean;
  for (const auto& c : centroids_) {
    const auto weight = static_cast<double>(c.weight);
    const double middle = before + (weight - 1) / 2;
    if (rank <= middle) {
      if (middle <= left_rank) return c.mean;
      const double part = (rank - left_rank) / (middle - left_rank);
      return std::clamp(left * (1 - part) + c.mean * part, left, c.mean);
    }
    left_rank = middle;
    left = c.mean;
    before += weight;
  }
  return left;
}

void t_digest::check_state() const {
  bool good = settled_ <= centroids_.size() && centroids_.size() <= limit() && count_ >= 0;
  std::int64_t left = good ? count_ : 0;
  for (std::size_t i = 0; good && i < centroids_.size(); ++i) {
    const auto& c = centroids_[i];
    good = std::isfinite(c.mean) && c.weight >= 1 && c.weight <= left &&
           (i == 0 || i >= settled_ || centroids_[i - 1].mean <= c.mean);
    left -= good ? c.weight : 0;
  }
  if (!good || left != 0) throw udf::state_error("the snapshot's centroids are impossible");
}

}  // namespace kapacitor::udf::functions
