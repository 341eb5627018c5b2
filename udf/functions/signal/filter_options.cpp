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
          {"spreads", o.spreads.has_value()},
          {"degree", o.degree.has_value()},
          {"processNoise", o.process_noise.has_value()},
          {"measurementNoise", o.measurement_noise.has_value()}};
}

struct wanted {
  std::vector<std::string_view> needed, possible;
};
wanted wanted_by(std::string_view method) {
  if (method == "median") return {{"size"}, {}};
  if (method == "hampel") return {{"size"}, {"spreads"}};
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
  const auto method = "method '" + o.method + "'";
  for (const auto& option : special_options(o)) {
    const auto name = std::string(option.name);
    if (!option.given && has(names.needed, name)) {
      problems.add(std::string(method).append(" needs ").append(name));
    }
    if (option.given && !has(names.needed, name) && !has(names.possible, name)) {
      problems.add(std::string(method).append(" has no ").append(name).append(", but ") + known);
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

udf::schema<filter::options> filter::options::describe() {
  using namespace std::chrono_literals;
  return udf::schema<options>{}
      .required("field", &options::field, "field to filter, a number", udf::not_empty())
      .required("method", &options::method,
                "method: a Butterworth 'lowpass', 'highpass', 'bandpass' or 'bandstop'; a running "
                "'median'; 'hampel', which replaces outliers; 'savgol', Savitzky and Golay's; "
                "'kalman', a level that wanders",
                udf::one_of({"lowpass", "highpass", "bandpass", "bandstop", "median", "hampel",
                             "savgol", "kalman"}))
      .optional("cutoff", &options::cutoff,
                "lowpass, highpass: corner frequency in Hz, at which the gain is 3 dB down",
                udf::more_than(0.0))
      .optional("low", &options::low, "bandpass, bandstop: lower corner frequency in Hz",
                udf::more_than(0.0))
      .optional("high", &options::high, "bandpass, bandstop: upper corner frequency in Hz",
                udf::more_than(0.0))
      .optional("interval", &options::interval,
                "time between two points of a group, for lowpass, highpass, bandpass and bandstop",
                udf::more_than(0ns))
      .optional("order", &options::order,
                "lowpass, highpass, bandpass, bandstop: order, of a band on either side of it (2 "
                "unless given)",
                udf::between(1, 8))
      .optional("size", &options::size,
                "length of the window in points, for median, hampel and savgol",
                udf::between(1, 100'000))
      .optional("spreads", &options::spreads,
                "spreads from the usual range to an outlier of hampel; the range is the median, "
                "the spread 1.4826 · MAD (3.0 unless given)",
                udf::at_least(0.0))
      .optional("degree", &options::degree,
                "savgol: degree of the polynomial, less than size (2 unless given)",
                udf::between(0, 10))
      .optional("processNoise", &options::process_noise,
                "kalman: variance of the level's change from point to point", udf::at_least(0.0))
      .optional("measurementNoise", &options::measurement_noise,
                "kalman: variance of a measurement", udf::more_than(0.0))
      .optional("maxGap", &options::max_gap,
                "longest gap between two points: after a longer one the function starts again "
                "(0s: after none)",
                udf::at_least(0ns))
      .with(udf::clock())
      .with(output("the filtered value"));
}

void filter::options::check() {
  refuse_missing_or_foreign(*this);
  if (method == "median") {
    made = std::make_shared<rank_filter>(static_cast<std::size_t>(*size), std::nullopt);
  } else if (method == "hampel") {
    made = std::make_shared<rank_filter>(static_cast<std::size_t>(*size), spreads.value_or(3.0));
    outlier_field = as + "_outlier";
  } else if (method == "savgol") {
    made = savgol(*this);
  } else if (method == "kalman") {
    made = std::make_shared<kalman_filter>(*process_noise, *measurement_noise);
  } else {
    made = butterworth(*this);
  }
}

}  // namespace kapacitor::udf::functions
