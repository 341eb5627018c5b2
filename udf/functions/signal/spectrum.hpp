#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "functions/points/output_fields.hpp"
#include "functions/signal/fourier.hpp"
#include "functions/windows/ring.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The strongest frequency of a field with its amplitude, and the power of bands of frequencies.
///
/// Of the last `size` points, which are `interval` apart, again and again. A gap up to `maxFill` is
/// filled by a straight line, a longer one begins the window again. A point without the field, or
/// with a NaN or an infinity in it, is skipped and leaves a gap.
///
/// Shape:  n points → a point for each `every`, as soon as the window is full
/// Units:  interval, every, maxFill: durations; size, everyCount: points; frequencies: Hz
/// Cost:   O(1) per point, O(size log size) per emitted point; 8 bytes per point of the window
/// Source: M. Frigo, S. G. Johnson, The design and implementation of FFTW3, 2005
class spectrum {
 public:
  static constexpr std::size_t most_bands = 32;

  struct options : output_options, udf::clock_options {
    std::string field, taper = "hann";
    std::int64_t size = 0, every_count = 0;
    std::chrono::nanoseconds interval{0}, every{0}, max_fill{0};
    std::vector<std::tuple<std::string, double, double>> bands;  // name, from, to: Hz

    options() { as = "spectrum"; }
    static udf::schema<options> describe();
    void check();

    struct band {
      std::string field;
      std::size_t begin, end;  // of the transform
    };
    // All by check(). Groups take turns at the transform.
    std::string frequency_field, amplitude_field;
    std::vector<band> parts;
    std::size_t length = 0, between = 0;  // size, and points from one answer to the next
    std::shared_ptr<fourier> transform;
    std::vector<double> weights;
    double weight_sum = 0, weight_squares = 0;
  };

  explicit spectrum(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const {
    return window_.empty() ? udf::timestamp::min()
                           : udf::timestamp(std::chrono::nanoseconds(newest_));
  }

  auto state() { return std::tie(window_, newest_, waited_); }
  void check_state() const;

 private:
  bool take(std::int64_t time, double x, udf::emitter& out);
  void push(double x);
  void send(const udf::point& p, udf::emitter& out) const;
  double fill_in() const;

  const options& options_;
  ring<double> window_;
  std::int64_t newest_ = 0;   // time of the newest point; as long as there is none, without meaning
  std::uint64_t waited_ = 0;  // points since the last answer; before the first: nothing
};

}  // namespace kapacitor::udf::functions
