// What the options of `filter` make together.
#include <algorithm>
#include <string_view>
#include <vector>

#include "functions/signal/biquad_filter.hpp"
#include "functions/signal/butterworth.hpp"
#include "functions/signal/filter.hpp"
#include "functions/signal/hertz.hpp"
#include "functions/signal/kalman_filter.hpp"
#include "functions/signal/rank_filter.hpp"
#include "functions/signal/savgol_filter.hpp"

namespace kapacitor::udf::functions {
namespace {

// Below, the poles are so near to 1 that their distance from it has no digits left.
constexpr double least_part_of_rate = 1e-5;

/// The options that belong to some methods only, and which are given.
struct special_option {
  std::string_view name;
  bool given;
};
std::vector<special_option> special_options(const filter::options& o) {
  return {{"cutoff", o.cutoff.has_value()},
          {"low", o.low.has_value()},
          {"high", o.high.has_value()},
          {"interval", o.interval.has_value()},
          {"order", o.order.has_value()},
          {"size", o.size.has_value()},
          {"threshold", o.threshold.has_value()},
          {"degree", o.degree.has_value()},
          {"processNoise", o.process_noise.has_value()},
          {"measurementNoise", o.measurement_noise.has_value()}};
}

struct wanted {
  std::vector<std::string_view> needed, possible;
};
wanted wanted_by(std::string_view method) {
  if (method == "median") return {{"size"}, {}};
  if (method == "hampel") return {{"size"}, {"threshold"}};
  if (method == "savgol") return {{"size"}, {"degree"}};
  if (method == "kalman") return {{"processNoise", "measurementNoise"}, {}};
  if (method == "lowpass" || method == "highpass") return {{"cutoff", "interval"}, {"order"}};
  return {{"low", "high", "interval"}, {"order"}};
}

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Errors: option_error naming the options that are missing, and those that another method has.
void refuse_missing_or_foreign(const filter::options& o) {
  const auto names = wanted_by(o.method);
  udf::option_problems problems;
  std::string known;
  for (const auto& some : {names.needed, names.possible}) {
    for (const auto name : some) known += (known.empty() ? "" : ", ") + std::string(name);
  }
  for (const auto& option : special_options(o)) {
    const auto name = std::string(option.name);
    if (!option.given && has(names.needed, name)) {
      problems.add("method '" + o.method + "' needs " + name);
    }
    if (option.given && !has(names.needed, name) && !has(names.possible, name)) {
      problems.add("method '" + o.method + "' has no " + name + ", but " + known);
    }
  }
  problems.throw_if_any();
}

/// The frequency as a part of the sampling rate.
double part_of_rate(std::string_view name, double frequency, const filter::options& o) {
  const double rate = 1e9 / static_cast<double>(o.interval->count());
  const double part = frequency / rate;
  if (part < 0.5 && part >= least_part_of_rate) return part;
  const bool high = part >= 0.5;
  throw udf::option_error(
      std::string(name) + " must be " + (high ? "less than half" : "at least a 100000th of") +
      " the sampling rate: with interval " + to_string(*o.interval) + " that is " +
      hertz(rate * (high ? 0.5 : least_part_of_rate)) + ", got " + hertz(frequency));
}

std::shared_ptr<const filter_method> butterworth(const filter::options& o) {
  const auto order = static_cast<int>(o.order.value_or(2));
  const bool passes_constant = o.method == "lowpass" || o.method == "bandstop";
  if (o.cutoff) {
    const double at = part_of_rate("cutoff", *o.cutoff, o);
    return std::make_shared<biquad_filter>(
        passes_constant ? butterworth_lowpass(order, at) : butterworth_highpass(order, at),
        passes_constant);
  }
  const double low = part_of_rate("low", *o.low, o), high = part_of_rate("high", *o.high, o);
  if (high - low < least_part_of_rate) {
    throw udf::option_error("high must be more than low, by at least a 100000th of the sampling " +
                            ("rate: got low " + hertz(*o.low)) + " and high " + hertz(*o.high));
  }
  return std::make_shared<biquad_filter>(passes_constant ? butterworth_bandstop(order, low, high)
                                                         : butterworth_bandpass(order, low, high),
                                         passes_constant);
}

std::shared_ptr<const filter_method> savgol(const filter::options& o) {
  constexpr std::int64_t longest = 1'000;
  const auto degree = o.degree.value_or(2);
  if (*o.size > longest) {
    throw udf::option_error("size must be at most 1000 with method 'savgol', got " +
                            std::to_string(*o.size));
  }
  if (degree >= *o.size) {
    throw udf::option_error("degree must be less than size, got degree " + std::to_string(degree) +
                            " and size " + std::to_string(*o.size));
  }
  return std::make_shared<savgol_filter>(static_cast<std::size_t>(*o.size),
                                         static_cast<std::size_t>(degree));
}

}  // namespace

void filter::options::check() {
  refuse_missing_or_foreign(*this);
  if (method == "median") {
    made = std::make_shared<rank_filter>(static_cast<std::size_t>(*size), std::nullopt);
  } else if (method == "hampel") {
    made = std::make_shared<rank_filter>(static_cast<std::size_t>(*size), threshold.value_or(3.0));
    outlier_field = as + "_outlier";
  } else if (method == "savgol") {
    made = savgol(*this);
  } else if (method == "kalman") {
    made = std::make_shared<kalman_filter>(*process_noise, *measurement_noise);
  } else {
    made = butterworth(*this);
  }
}

udf::description filter::describe() {
  return {
      .computes = R"(By `method`, with the options that each has:

- `lowpass`, `highpass` (`cutoff`, `interval`, `order`) and `bandpass`, `bandstop` (`low`, `high`,
  `interval`, `order`): a digital Butterworth filter, made of the analogue one,
  |H(f)|² = 1 / (1 + (f / cutoff)^(2 · order)), by the bilinear transform with prewarped corners, as
  second order sections. Frequencies are in Hz; `interval` is the time between two points of a
  group, and every corner must be below half the sampling rate, 1 / (2 · interval). A band filter
  has poles for `order` on either side. The filter begins in the steady state for the first value: a
  constant passes (or is removed) without a transient. A lowpass delays slow
  changes by up to order / (2π · cutoff) seconds.
- `median` (`size`): the median of the last `size` points; of an even number the mean of the middle
  two. Steps stay steps, single spikes vanish.
- `hampel` (`size`, `threshold`): Hampel's identifier. With m the median of the last `size` points,
  this one among them, and S = 1.4826 · median |xᵢ − m|, a point with |x − m| > threshold · S is an
  outlier and becomes m; all others stay as they are. Where more than half of the points are equal,
  S is 0 and whatever differs from them is an outlier.
- `savgol` (`size`, `degree`): Savitzky and Golay's filter without delay: the value at the newest
  point of the polynomial of `degree` that fits the last `size` points best, in the sense of least
  squares, as if they were equally far apart. `size` is at most 1000.
- `kalman` (`processNoise`, `measurementNoise`): Kalman's filter of a local level that takes a
  random step, of variance `processNoise`, from point to point, and is measured with an error of
  variance `measurementNoise`: P ← P + processNoise, K = P / (P + measurementNoise),
  level ← level + K · (x − level), P ← (1 − K) · P; in the beginning level = x,
  P = measurementNoise.

Until a window is full, it is the points that there are. Where a value would be beyond what a double
holds, the point has no answer, and a Butterworth filter begins anew.)",
      .outputs = {{"`as`", "double", "the filtered value, in the field's unit"},
                  {"`as`_outlier", "bool",
                   "whether the point was an outlier and is replaced; of `hampel` only"}},
      .times =
          "Points count in the order they come, also late ones and those of equal times: no "
          "method looks at the times. Only with `maxGap`: a point that is later than the "
          "newest one by more begins the filter anew.",
      .cost =
          "O(order) for the Butterworth filters, O(1) for `kalman`, O(size) for `savgol`; "
          "`median` and `hampel` keep their window in order of size: O(log size) comparisons, "
          "and a move of memory. No allocation once the window is full.",
      .state =
          "In memory 80 bytes, in the snapshot 9; besides, 8 bytes for each number kept (in "
          "memory up to twice as many while a window grows): Butterworth 1 + 2 · ⌈order / 2⌉, "
          "of a band 1 + 2 · order; `kalman` 2; `savgol` up to size; `median` and `hampel` up "
          "to size, in memory twice.",
      .source =
          "A. V. Oppenheim, R. W. Schafer, Discrete-Time Signal Processing, chapter 7; F. R. "
          "Hampel, The influence curve and its role in robust estimation, 1974; A. Savitzky, "
          "M. J. E. Golay, Smoothing and differentiation of data by simplified least squares "
          "procedures, 1964; R. E. Kalman, A new approach to linear filtering and prediction "
          "problems, 1960",
  };
}

}  // namespace kapacitor::udf::functions
