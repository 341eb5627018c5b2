#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

// Filters as their definitions have them, in long double and without a thought for speed.
namespace kapacitor::udf::test {

/// The answer to the next value.
using slow_filter = std::function<double(double)>;

/// By its poles and zeros and one difference equation; before the first value all have been as it.
class slow_butterworth {
 public:
  using real = long double;
  using complex = std::complex<real>;

  /// Of one corner, or of two. They are parts of the sampling rate.
  slow_butterworth(const std::string& method, int order, real low, real high = 0) {
    const real pi = std::numbers::pi_v<real>;
    const real lower = std::tan(pi * low), upper = std::tan(pi * high);
    const real centre = std::sqrt(lower * upper), width = upper - lower;
    const complex middle = std::polar(real{1}, 2 * std::atan(centre));
    complex at = 1;  // where the gain is 1
    for (int k = 0; k < order; ++k) {
      const complex p = std::polar(real{1}, pi * real(2 * k + order + 1) / real(2 * order));
      if (method == "lowpass") {
        root(lower * p, -1);
      } else if (method == "highpass") {
        root(lower / p, 1);
        at = -1;
      } else {
        const auto half = (method == "bandpass" ? p * width : width / p) / real{2};
        const auto rest = std::sqrt(half * half - centre * centre);
        const bool pass = method == "bandpass";
        root(half + rest, pass ? complex(1) : middle);
        root(half - rest, pass ? complex(-1) : std::conj(middle));
        if (pass) at = middle;
      }
    }
    gain_ = 1 / std::abs(value(zeros_, at) / value(poles_, at));
    of_constant_ = method == "lowpass" || method == "bandstop" ? 1 : 0;
  }

  double operator()(double x) {
    const auto n = zeros_.size();
    if (x_.empty()) {
      x_.assign(n, x);
      y_.assign(n, of_constant_ * x);
    }
    x_.insert(x_.begin(), x);
    real y = 0;
    for (std::size_t i = 0; i < n; ++i) y += gain_ * zeros_[i].real() * x_[i];
    for (std::size_t i = 1; i < n; ++i) y -= poles_[i].real() * y_[i - 1];
    y_.insert(y_.begin(), y);
    x_.pop_back();
    y_.pop_back();
    return static_cast<double>(y);
  }

 private:
  /// Multiplies by (1 − zero / z) and by 1 / (1 − pole / z), the pole given for s.
  void root(complex pole, complex zero) {
    multiply(poles_, (complex(1) + pole) / (complex(1) - pole));
    multiply(zeros_, zero);
  }
  static void multiply(std::vector<complex>& polynomial, complex root) {
    polynomial.push_back(0);
    for (auto i = polynomial.size() - 1; i > 0; --i) polynomial[i] -= root * polynomial[i - 1];
  }
  static complex value(const std::vector<complex>& polynomial, complex z) {
    complex sum = 0;
    for (const auto& c : polynomial) sum = sum * z + c;
    return sum;
  }

  std::vector<complex> zeros_{1}, poles_{1};
  real gain_ = 1, of_constant_ = 1;
  std::vector<real> x_, y_;
};

class slow_window {
 public:
  explicit slow_window(std::size_t size) : size_(size) {}
  const std::vector<double>& with(double x) {
    values_.push_back(x);
    if (values_.size() > size_) values_.erase(values_.begin());
    return values_;
  }

 private:
  std::size_t size_;
  std::vector<double> values_;
};

inline double slow_median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
inline double slow_hampel(const std::vector<double>& window, double threshold) {
  const double x = window.back(), median = slow_median(window);
  std::vector<double> distances;
  for (const double v : window) distances.push_back(std::abs(v - median));
  return std::abs(x - median) > threshold * 1.4826 * slow_median(distances) ? median : x;
}

/// The value at the last of the values of the polynomial that fits them, by the normal equations.
inline double slow_savgol(const std::vector<double>& window, std::size_t degree) {
  const auto n = window.size(), terms = std::min(degree, n - 1) + 1;
  std::vector<std::vector<long double>> rows(terms, std::vector<long double>(terms + 1));
  for (std::size_t i = 0; i < n; ++i) {
    const auto t = static_cast<long double>(n - 1 - i) / static_cast<long double>(n);
    for (std::size_t r = 0; r < terms; ++r) {
      for (std::size_t c = 0; c < terms; ++c) rows[r][c] += std::pow(t, static_cast<int>(r + c));
      rows[r][terms] += std::pow(t, static_cast<int>(r)) * window[i];
    }
  }
  // Gauss and Jordan: the matrix is positive definite.
  for (std::size_t pivot = 0; pivot < terms; ++pivot) {
    for (std::size_t r = 0; r < terms; ++r) {
      if (r == pivot) continue;
      const auto factor = rows[r][pivot] / rows[pivot][pivot];
      for (std::size_t c = pivot; c <= terms; ++c) rows[r][c] -= factor * rows[pivot][c];
    }
  }
  return static_cast<double>(rows[0][terms] / rows[0][0]);
}

class slow_kalman {
 public:
  slow_kalman(double process, double measurement) : process_(process), measurement_(measurement) {}
  double operator()(double x) {
    if (first_) {
      level_ = x;
      variance_ = measurement_;
    } else {
      variance_ += process_;
      const auto gain = variance_ / (variance_ + measurement_);
      level_ += gain * (x - level_);
      variance_ *= 1 - gain;
    }
    first_ = false;
    return static_cast<double>(level_);
  }

 private:
  long double process_, measurement_, level_ = 0, variance_ = 0;
  bool first_ = true;
};

}  // namespace kapacitor::udf::test
