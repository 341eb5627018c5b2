#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>

#include "functions/points/output_fields.hpp"
#include "functions/prediction/holt_winters.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What a field will be in a while, by the method of Holt and Winters: level, trend and season,
/// learned point by point while the task runs.
///
/// A point without the field, or with a NaN or an infinity in it, is skipped; so is one that is
/// older than the newest, and with a multiplicative season a value that is not positive.
///
/// Shape:  n points → n points of up to four fields; with `keep` the point's other fields as well
/// Units:  interval, season, horizon: time of the data
/// Cost:   O(1), no allocation once a group's season has its memory
/// Source: Hyndman, Koehler, Ord, Snyder, "Forecasting with Exponential Smoothing", 2008
class forecast {
 public:
  static constexpr std::uint32_t state_version = 2;

  struct options : output_options, udf::clock_options {
    static constexpr std::int64_t most_buckets = 2016, most_steps = 100'000;

    std::string field;
    std::chrono::nanoseconds interval{0}, season{0}, horizon{0};
    double alpha = 0.3, beta = 0.1, gamma = 0.1, damping = 1;
    std::string seasonality = "additive";
    double confidence = 0.95;
    bool at_horizon = false, unlimited = false;

    // Made of the others by check().
    functions::smoothing smoothing;
    double deviations = 0;  // from the forecast to its bounds
    std::string as_lower, as_upper, as_residual;

    options() { as = "forecast"; }
    static udf::schema<options> describe();
    void check();

   private:
    void check_values() const;
    void prepare_smoothing();
  };

  explicit forecast(const options& o) : options_(o), model_(o.smoothing) {}

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const { return model_.newest(); }
  void set_back(udf::timestamp to) { model_.set_back(to.time_since_epoch().count()); }

  auto state() { return std::tie(model_); }
  void migrate(std::uint32_t, udf::state_reader& in) { model_.read_version_1(in); }

 private:
  void send(const udf::point& p, const holt_winters::outcome& now, udf::emitter& out) const;

  const options& options_;
  holt_winters model_;
};

}  // namespace kapacitor::udf::functions
