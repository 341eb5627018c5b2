#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "property/functions/reading.hpp"
#include "property/sample.hpp"
#include <kapacitor/udf/testing.hpp>

// What functions over a window are compared with: the window as a plain list, all computed from it
// each time with more digits than a double has.
namespace kapacitor::udf::test {

/// The window's rule, as its description has it.
class window_model {
 public:
  struct entry {
    std::int64_t time;
    double x, y;
  };
  window_model(std::size_t size, std::int64_t period) : size_(size), period_(period) {}

  bool is_too_late(std::int64_t time) const {
    return period_ > 0 && !entries_.empty() && time <= entries_.back().time - period_;
  }
  /// Returns: false if the point is too late.
  bool push(std::int64_t time, double x, double y = 0) {
    if (is_too_late(time)) return false;
    if (period_ > 0 && !entries_.empty()) time = std::max(time, entries_.back().time);
    entries_.push_back({time, x, y});
    while (period_ > 0 && entries_.front().time <= time - period_) entries_.pop_front();
    if (size_ > 0 && entries_.size() > size_) entries_.pop_front();
    return true;
  }
  bool timed() const { return period_ > 0; }
  const std::deque<entry>& entries() const { return entries_; }
  std::vector<double> xs() const {
    std::vector<double> result;
    for (const auto& e : entries_) result.push_back(e.x);
    return result;
  }

 private:
  std::size_t size_;
  std::int64_t period_;
  std::deque<entry> entries_;
};

struct window_length {
  std::int64_t size;    // 0: by period alone
  std::int64_t period;  // ns; 0: by size alone
};
/// Of points and of time: from one point to some hundred.
inline const std::vector<window_length> window_lengths{
    {1, 0}, {2, 0}, {30, 0}, {100, 0}, {0, 10 * second}, {20, 15 * second}};

inline std::vector<option> with_length(std::vector<option> options, const window_length& length) {
  if (length.size > 0) options.push_back({"size", {length.size}});
  if (length.period > 0) options.push_back({"period", {std::chrono::nanoseconds(length.period)}});
  return options;
}

/// Noise with runs of equal values, steps of 1e12, ints; at times that stand still or go back; now
/// and then without x, or without a number in it.
class restless_stream {
 public:
  explicit restless_stream(std::uint64_t seed) : random_(seed) {}

  std::vector<point> points(std::size_t n) {
    std::vector<point> result;
    for (; n > 0; --n) result.push_back(next());
    return result;
  }

 private:
  point next() {
    if (!random_.one_in(8)) time_ += static_cast<std::int64_t>(random_.below(second));
    if (random_.one_in(500)) time_ += 60 * second;
    if (random_.one_in(300)) equal_for_ = random_.below(150);
    if (equal_for_ > 0) {
      --equal_for_;
    } else {
      x_ = value();
    }
    point p{.time = time_};
    if (random_.one_in(25)) p.time -= static_cast<std::int64_t>(random_.below(20 * second));
    if (!random_.one_in(30)) p.fields.emplace_back("x", x_);
    if (!random_.one_in(30)) p.fields.emplace_back("y", 3 * random_.part() - number(x_) / 7);
    return p;
  }
  field_value value() {
    if (random_.one_in(150)) return 1e12 * (random_.one_in(2) ? 1 : -1);
    if (random_.one_in(100)) return std::nan("");
    if (random_.one_in(20)) return static_cast<std::int64_t>(random_.below(40));
    return 20 + 10 * random_.part();
  }
  static double number(const field_value& v) {
    const auto* x = std::get_if<double>(&v);
    return x && std::isfinite(*x) ? *x : 1;
  }

  sample random_;
  std::int64_t time_ = 1'600'000'000 * second;
  field_value x_ = 1.0;
  std::size_t equal_for_ = 0;
};

/// The number that functions compute with.
inline std::optional<double> finite(const point& p, std::string_view field) {
  const auto x = p.number(field);
  return x && std::isfinite(*x) ? x : std::nullopt;
}

inline long double mean_of(const std::vector<double>& values) {
  long double sum = 0;
  for (const double x : values) sum += x;
  return sum / static_cast<long double>(values.size());
}
/// Σ (x − mean)^power
inline long double about_mean(const std::vector<double>& values, int power) {
  const auto mean = mean_of(values);
  long double sum = 0;
  for (const double x : values) {
    const auto d = x - mean;
    sum += power == 2 ? d * d : d * d * d;
  }
  return sum;
}
inline long double largest_of(const std::vector<double>& values) {
  double largest = 0;
  for (const double x : values) largest = std::max(largest, std::abs(x));
  return largest;
}
inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = values.size();
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
inline double mad_of(std::vector<double> values) {
  const double middle = median_of(values);
  for (double& x : values) x = std::abs(x - middle);
  return median_of(std::move(values));
}
inline double percentile_of(std::vector<double> values, double percent) {
  std::sort(values.begin(), values.end());
  const double place = static_cast<double>(values.size() - 1) * percent / 100;
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace kapacitor::udf::test
