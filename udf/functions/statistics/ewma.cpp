#include "functions/statistics/ewma.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "functions/numeric/two_sum.hpp"
#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

/// 2^(-elapsed / half_life). Exactly 0 if it is so small that a point of that weight, or all
/// those of before, are as good as forgotten: squares of what is smaller yet would underflow.
double weight_after(std::uint64_t elapsed, std::chrono::nanoseconds half_life) {
  const double half_lives = static_cast<double>(elapsed) / static_cast<double>(half_life.count());
  return half_lives < 256 ? std::exp2(-half_lives) : 0;
}

}  // namespace

udf::schema<ewma::options> ewma::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to smooth, a number", udf::not_empty())
      .optional("alpha", &options::alpha,
                "weight of the newest point (0.1 unless alpha, span or halfLife is given)",
                udf::above_up_to(0.0, 1.0))
      .optional("span", &options::span,
                "points to average over, about, instead of alpha: alpha = 2 / (span + 1)",
                udf::at_least(1))
      .optional("halfLife", &options::half_life,
                "age at which a point counts for half, instead of alpha; for irregular times",
                udf::more_than(std::chrono::nanoseconds(0)))
      .flag("stddev", &options::stddev, "write the standard deviation as well")
      .optional("bands", &options::bands,
                "write the average minus and plus this many standard deviations as well",
                udf::more_than(0.0))
      .with(udf::clock())
      .with(output("the average; the other fields written begin with it"));
}

void ewma::options::check() {
  std::string given;
  const auto note = [&](const char* name, const auto& value) {
    if (!value) return;
    given += (given.empty() ? "" : " and ") + std::string(name) + " ";
    given += udf::to_string(udf::option_value(*value));
  };
  note("alpha", alpha);
  note("span", span);
  note("halfLife", half_life);
  if (alpha.has_value() + span.has_value() + half_life.has_value() > 1) {
    throw udf::option_error("alpha, span and halfLife exclude each other, give one of them; got " +
                            given);
  }
  if (alpha) newest_weight = *alpha;
  if (span) newest_weight = 2 / (static_cast<double>(*span) + 1);
  spreads = stddev || bands;
  as_stddev = as + "_stddev";
  as_lower = as + "_lower";
  as_upper = as + "_upper";
}

std::optional<udf::timestamp> ewma::newest() const {
  if (weight_ == 0 || !options_.half_life) return std::nullopt;
  return udf::timestamp(std::chrono::nanoseconds(newest_));
}

void ewma::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  const auto s =
      options_.half_life ? shares_by_time(p.time().time_since_epoch().count()) : shares_by_count();
  if (options_.spreads) widen(*x, s);
  take(*x, s);
  if (options_.spreads) return send_all(p, out);
  output_fields<1>().add(options_.as, mean_).send(p, options_.keep, out);
}

inline ewma::shares ewma::shares_by_count() {
  const bool first = weight_ == 0;
  weight_ = 1;
  if (first) return {0, 1};
  return {1 - options_.newest_weight, options_.newest_weight};
}

inline ewma::shares ewma::shares_by_time(std::int64_t time) {
  double past = weight_, present = 1;
  if (weight_ == 0 || time >= newest_) {
    if (weight_ != 0) past *= weight_after(elapsed(newest_, time), *options_.half_life);
    newest_ = time;
  } else {
    // Late: it gets the weight that it would have by now had it come in time.
    present = weight_after(elapsed(time, newest_), *options_.half_life);
  }
  weight_ = past + present;
  return {past / weight_, present / weight_};
}

inline double ewma::distance_to(double x) const {
  return (x - mean_) - rest_;
}

inline void ewma::take(double x, shares s) {
  const double distance = distance_to(x);
  if (!std::isfinite(distance)) {
    mean_ = s.past * mean_ + s.present * x;
    rest_ = 0;
  } else if (s.present <= 0.5) {
    set_mean(mean_, s.present * distance + rest_);
  } else {
    set_mean(x, -s.past * distance);  // a huge mean that hardly counts any more leaves no trace
  }
}

inline void ewma::set_mean(double large, double small) {
  const auto mean = two_sum(large, small);
  mean_ = mean.sum;
  rest_ = mean.rest;
}

/// deviation² ← past · (deviation² + present · (x − mean)²), with the mean of before x.
inline void ewma::widen(double x, shares s) {
  const double distance = distance_to(x);
  const double square = s.past * (deviation_ * deviation_ + s.present * distance * distance);
  if (square > 1e-280 && square < 1e280) [[likely]] {
    deviation_ = std::sqrt(square);
  } else {
    // Squares do not fit a double, or there is nothing to square. Halves: the distance may not fit.
    const double half = x / 2 - mean_ / 2;
    deviation_ =
        std::min(std::sqrt(s.past) * 2 * std::hypot(deviation_ / 2, std::sqrt(s.present) * half),
                 std::numeric_limits<double>::max());
  }
  // 1 − the sum of the squared weights, in a form that does not cancel.
  unbiased_ = s.past * (2 * s.present + s.past * unbiased_);
}

void ewma::send_all(const udf::point& p, udf::emitter& out) const {
  output_fields<4> fields;
  fields.add(options_.as, mean_);
  const auto add = [&](const std::string& name, double x) {
    if (std::isfinite(x)) fields.add(name, x);
  };
  if (unbiased_ > 0) {
    const double stddev = deviation_ / std::sqrt(unbiased_);
    if (options_.stddev) add(options_.as_stddev, stddev);
    if (options_.bands) {
      add(options_.as_lower, mean_ - *options_.bands * stddev);
      add(options_.as_upper, mean_ + *options_.bands * stddev);
    }
  }
  fields.send(p, options_.keep, out);
}

void ewma::check_state() const {
  const bool sound = std::isfinite(mean_) && std::isfinite(rest_) && std::isfinite(weight_) &&
                     weight_ >= 0 && std::isfinite(deviation_) && deviation_ >= 0 &&
                     unbiased_ >= 0 && unbiased_ <= 1;
  if (!sound) throw udf::state_error("the snapshot's average is none");
  if (weight_ == 0 && (mean_ != 0 || rest_ != 0)) {
    throw udf::state_error("the snapshot has an average of no points");
  }
}

}  // namespace kapacitor::udf::functions
