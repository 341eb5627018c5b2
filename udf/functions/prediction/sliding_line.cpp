#include "functions/prediction/sliding_line.hpp"

#include <cmath>

#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

double seconds_between(std::int64_t from, std::int64_t to) {
  return from <= to ? static_cast<double>(elapsed(from, to)) / 1e9
                    : -static_cast<double>(elapsed(to, from)) / 1e9;
}

}  // namespace

inline void sliding_line::sums::add(const sums& other) {
  const double all = n + other.n, part = other.n / all;
  const double dt = other.t - t, dx = other.x - x;
  t += dt * part;
  x += dx * part;
  tt += other.tt + dt * dt * n * part;
  tx += other.tx + dt * dx * n * part;
  n = all;
}

/// Distances from a point of the window are exact, or nearly so: an offset costs no digits.
inline sliding_line::sums sliding_line::of(const sample& s, const sample& origin) const {
  return {.n = 1, .t = seconds_between(origin.time, s.time), .x = s.x - origin.x};
}

bool sliding_line::push(std::int64_t time, double x) {
  if (!samples_.empty() && time < samples_.back().time) return false;
  if (options_->period.count() > 0) {
    const auto period = unsigned_ns(options_->period);
    while (!samples_.empty() && elapsed(samples_.front().time, time) >= period) drop_oldest();
  }
  cut_ = options_->cuts(samples_.size());
  if (samples_.size() >= options_->limit()) drop_oldest();
  const sample newest{time, x};
  // The origin is the point that leaves last or with all the others: a huge one leaves no trace.
  if (newer_sums_.n == 0) newer_origin_ = newest;
  samples_.push_back(newest);
  newer_sums_.add(of(newest, newer_origin_));
  return true;
}

void sliding_line::drop_oldest() {
  if (older_ == 0) turn_over();
  older_sums_.pop_back();
  --older_;
  samples_.pop_front();
}

/// The newer points become the older ones.
void sliding_line::turn_over() {
  older_ = samples_.size();
  older_sums_.clear();
  newer_sums_ = {};
  if (older_ == 0) return;
  older_origin_ = samples_.back();
  sums sum;
  for (std::size_t i = older_; i-- > 0;) {
    sum.add(of(samples_[i], older_origin_));
    older_sums_.push_back(sum);
  }
}

std::optional<sliding_line::line> sliding_line::fit() const {
  if (samples_.empty()) return std::nullopt;
  const auto& newest = samples_.back();
  // From here on the newest point is the origin.
  auto sum = newer_sums_;
  sum.t += seconds_between(newest.time, newer_origin_.time);
  sum.x += newer_origin_.x - newest.x;
  if (older_ != 0) {
    auto older = older_sums_.back();
    older.t += seconds_between(newest.time, older_origin_.time);
    older.x += older_origin_.x - newest.x;
    if (sum.n == 0) {
      sum = older;
    } else {
      sum.add(older);
    }
  }
  const double slope = sum.tx / sum.tt;
  const double value = newest.x + (sum.x - slope * sum.t);
  if (!(sum.tt > 0) || !std::isfinite(slope) || !std::isfinite(value)) return std::nullopt;
  return line{value, slope};
}

void sliding_line::check_state() {
  const auto older = older_, all = std::uint64_t{samples_.size()};
  if (all > options_->limit() || older > all) {
    throw udf::state_error("the snapshot's window does not fit the options size and period");
  }
  for (std::size_t i = 1; i < all; ++i) {
    if (samples_[i].time < samples_[i - 1].time)
      throw udf::state_error("the snapshot's window is not in order of time");
  }
  // The sums are made again, in the order in which they were made before.
  ring<sample> given;
  std::swap(given, samples_);
  for (std::size_t i = 0; i < older; ++i) samples_.push_back(given[i]);
  turn_over();
  for (std::size_t i = older; i < all; ++i) {
    if (newer_sums_.n == 0) newer_origin_ = given[i];
    samples_.push_back(given[i]);
    newer_sums_.add(of(given[i], newer_origin_));
  }
}

}  // namespace kapacitor::udf::functions
