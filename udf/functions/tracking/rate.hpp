#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/points/output_fields.hpp"
#include "functions/tracking/change_window.hpp"
#include "functions/tracking/reading.hpp"
#include "functions/windows/window.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A point that rate does not believe yet: the next one says whether it was right.
///
/// No member of rate: within the class, clang takes it for something that has no default value.
struct rate_suspect {
  std::int64_t time = 0;
  reading value = {};
  auto state() { return std::tie(time, value); }
};

/// How fast a counter counts, or by how much it has, from one point to the next or over a window;
/// or the derivative of any field.
///
/// A counter that falls has been reset, or has run over. A point without the field, or with a NaN
/// or an infinity in it, is skipped.
///
/// Shape:  n points → at most n − 1 points, one field each; with `keep` the point's other fields as
///         well
/// Units:  unit: what the rate is per; size: points; period, maxGap: time of the data
/// Exact:  ints are subtracted as ints, whatever their size
/// Cost:   O(1) amortised, no allocation once the window is full; 24 bytes per point of the window
/// Source: resets as Prometheus's rate() and increase() have them, without their extrapolation
class rate {
 public:
  static constexpr std::uint32_t state_version = 2;

  enum class mode { rate, increase, derivative };

  struct options : output_options, window_options, udf::clock_options {
    std::string field;
    std::string method = "rate";
    std::chrono::nanoseconds unit = std::chrono::seconds(1);
    std::optional<std::int64_t> wrap;
    std::chrono::nanoseconds max_gap{0};
    bool non_negative = false;
    std::optional<double> max_rate;
    bool confirm_resets = false;

    static udf::schema<options> describe();
    void check();

    // Made by check().
    rate::mode computes = rate::mode::rate;
    bool windowed = false;
    bool doubts = false;  // max_rate or confirm_resets

   private:
    void find_foreign(udf::option_problems& problems) const;
  };

  explicit rate(const options& o);

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const {
    return started_ ? udf::timestamp(std::chrono::nanoseconds(time_)) : udf::timestamp::min();
  }

  auto state() { return std::tie(started_, time_, newest_, pending_, window_, suspect_); }
  /// Version 1 knew no suspects.
  void migrate(std::uint32_t version, udf::state_reader& in);
  void check_state() const;

 private:
  struct difference {
    double amount;
    std::uint64_t nanoseconds;
  };
  enum class belief { sound, doubtful, anew };
  belief judge(std::int64_t time, const reading& value);
  bool is_possible(double step, std::uint64_t nanoseconds) const;
  bool confirms(std::int64_t time, const reading& value) const;
  bool is_reset(const reading& value) const;
  bool is_useless(std::int64_t time) const;
  bool is_gap(std::int64_t time) const;
  void begin(std::int64_t time, const reading& value);
  double step_to(const reading& value) const;
  std::optional<difference> advance(std::int64_t time, const reading& value, udf::emitter& out);
  double result(const difference& d) const;

  const options& options_;
  bool started_ = false;
  std::int64_t time_ = 0;  // of the newest point
  reading newest_;
  double pending_ = 0;  // the steps to points that had the time of the one before them
  change_window window_;
  std::optional<rate_suspect> suspect_;
};

}  // namespace kapacitor::udf::functions
