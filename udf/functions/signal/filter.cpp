#include "functions/signal/filter.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {

udf::schema<filter::options> filter::options::describe() {
  using namespace std::chrono_literals;
  return udf::schema<options>{}
      .required("field", &options::field, "field to filter, a number", udf::not_empty())
      .required("method", &options::method, "the filter",
                udf::one_of({"lowpass", "highpass", "bandpass", "bandstop", "median", "hampel",
                             "savgol", "kalman"}))
      .optional("cutoff", &options::cutoff,
                "lowpass, highpass: corner frequency in Hz, where the gain is 3 dB down",
                udf::more_than(0.0))
      .optional("low", &options::low, "bandpass, bandstop: lower corner frequency in Hz",
                udf::more_than(0.0))
      .optional("high", &options::high, "bandpass, bandstop: upper corner frequency in Hz",
                udf::more_than(0.0))
      .optional("interval", &options::interval,
                "lowpass, highpass, bandpass, bandstop: time between two points of a group",
                udf::more_than(0ns))
      .optional("order", &options::order,
                "lowpass, highpass, bandpass, bandstop: order, 2 where not given; of a band on "
                "either side of it",
                udf::between(1, 8))
      .optional("size", &options::size, "median, hampel, savgol: length of the window in points",
                udf::between(1, 100'000))
      .optional("threshold", &options::threshold,
                "hampel: standard deviations beyond which a point is an outlier, 3.0 where not "
                "given",
                udf::at_least(0.0))
      .optional("degree", &options::degree,
                "savgol: degree of the polynomial, 2 where not given; less than size",
                udf::between(0, 10))
      .optional("processNoise", &options::process_noise,
                "kalman: variance of the level's change from point to point", udf::at_least(0.0))
      .optional("measurementNoise", &options::measurement_noise,
                "kalman: variance of a measurement", udf::more_than(0.0))
      .optional("maxGap", &options::max_gap,
                "a longer gap between two points starts the filter anew (0s: none does)",
                udf::at_least(0ns))
      .with(output("field to write the filtered value to"));
}

void filter::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return out.skip();
  begin_anew_after_gap(p.time());
  const auto result = options_.made->take(*x, memory_);
  if (!result.value) return;
  answer<2> a;
  a.add(options_.as, *result.value);
  if (!options_.outlier_field.empty()) a.add(options_.outlier_field, result.outlier);
  a.send(p, options_.keep, out);
}

void filter::begin_anew_after_gap(udf::timestamp time) {
  const auto last = newest_;
  if (memory_.values.empty() || time > newest_) newest_ = time;
  if (options_.max_gap.count() == 0 || memory_.values.empty() || time <= last) return;
  // As unsigned: the distance of two times may be beyond an int64.
  const auto gap = static_cast<std::uint64_t>(time.time_since_epoch().count()) -
                   static_cast<std::uint64_t>(last.time_since_epoch().count());
  if (gap > static_cast<std::uint64_t>(options_.max_gap.count())) memory_.clear();
}

void filter::check_state() {
  const auto& v = memory_.values;
  if (!options_.made->fits(v.size())) {
    throw udf::state_error("the snapshot's values do not fit the options of the filter");
  }
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (!std::isfinite(v[i])) throw udf::state_error("the snapshot has a value that is no number");
  }
  options_.made->restore(memory_);
}

}  // namespace kapacitor::udf::functions
