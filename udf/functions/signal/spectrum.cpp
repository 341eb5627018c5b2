#include "functions/signal/spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "functions/numeric/compensated_sum.hpp"
#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {

void spectrum::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  if (!take(p.time().time_since_epoch().count(), *x, out)) return;
  if (window_.size() < options_.length || waited_ < options_.between) return;
  waited_ %= options_.between;
  send(p, out);
}

/// Returns: whether the point takes a place of its own after the newest one; otherwise it is
/// skipped.
bool spectrum::take(std::int64_t time, double x, udf::emitter& out) {
  const auto interval = unsigned_ns(options_.interval);
  const bool first = window_.empty();
  const udf::timestamp newest{std::chrono::nanoseconds(newest_)};
  if (!first && time <= newest_) {
    out.skip(udf::reason::late, newest);
    return false;
  }
  const auto ahead = first ? interval : elapsed(newest_, time);
  // Rounded without a sum that could be beyond what there is.
  const auto steps = ahead / interval + (ahead % interval >= interval - interval / 2 ? 1 : 0);
  if (steps == 0) {
    out.skip(udf::reason::limit, "interval", newest);
    return false;
  }
  if (steps > 1) {
    if (ahead > unsigned_ns(options_.max_fill)) {
      out.skip(udf::reason::gap, "interval", newest);
      window_.clear();
      waited_ = 0;
    } else {
      const double before = window_.back();
      for (std::uint64_t i = 1; i < steps; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(steps);
        push((1 - part) * before + part * x);
      }
    }
  }
  push(x);
  newest_ = time;
  return true;
}

void spectrum::push(double x) {
  if (window_.size() == options_.length) window_.pop_front();
  window_.push_back(x);
  // The first answer comes with the full window, at once.
  waited_ = window_.size() < options_.length ? options_.between - 1 : waited_ + 1;
}

/// Puts the window into the transform: without its mean, weighted, at most of size 1 or so.
/// Returns: what the values are to be multiplied by again; no finite number if there is none.
double spectrum::fill_in() const {
  const auto in = options_.transform->in();
  const double first = window_.front();
  double largest = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    // From the first value, so that a constant is exactly nothing.
    in[i] = window_[i] - first;
    largest = std::max(largest, std::abs(in[i]));
  }
  if (largest == 0 || !std::isfinite(largest)) {
    std::fill(in.begin(), in.end(), 0.0);
    return largest;
  }
  compensated_sum sum;
  for (double& x : in) {
    x /= largest;
    sum.add(x);
  }
  const double mean = sum.value() / static_cast<double>(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = (in[i] - mean) * options_.weights[i];
  return largest;
}

void spectrum::send(const udf::point& p, udf::emitter& out) const {
  const double scale = fill_in();
  if (!std::isfinite(scale)) return out.skip(udf::reason::overflow, options_.field);
  const auto n = options_.length;
  const auto found = options_.transform->run();
  // Each frequency but the highest one of an even number stands for its negative as well.
  const auto both = [&](std::size_t k) { return 2 * k == n ? 1.0 : 2.0; };
  const auto power = [&](std::size_t k) { return both(k) * std::norm(found[k]); };
  std::size_t top = 1;
  for (std::size_t k = 2; k < found.size(); ++k) {
    if (power(k) > power(top)) top = k;
  }
  output_fields<2 + most_bands> a;
  if (power(top) > 0) {
    a.add(options_.frequency_field,
          1e9 * static_cast<double>(top) /
              (static_cast<double>(n) * static_cast<double>(options_.interval.count())));
  }
  const double amplitude = both(top) * std::abs(found[top]) / options_.weight_sum * scale;
  if (std::isfinite(amplitude)) a.add(options_.amplitude_field, amplitude);
  for (const auto& part : options_.parts) {
    double sum = 0;
    for (auto k = part.begin; k < part.end; ++k) sum += power(k);
    sum = sum / (static_cast<double>(n) * options_.weight_squares) * scale * scale;
    if (std::isfinite(sum)) a.add(part.field, sum);
  }
  if (a.empty()) return out.skip(udf::reason::overflow, options_.field);
  a.send(p, options_.keep, out);
}

void spectrum::check_state() const {
  if (window_.size() > options_.length || waited_ >= options_.between) {
    throw udf::state_error("the snapshot's window does not fit the options size and every");
  }
  for (std::size_t i = 0; i < window_.size(); ++i) {
    if (!std::isfinite(window_[i])) {
      throw udf::state_error("the snapshot has a value that is no number");
    }
  }
}

}  // namespace kapacitor::udf::functions
