#include "functions/signal/butterworth.hpp"

#include <cmath>
#include <complex>
#include <numbers>

namespace kapacitor::udf::functions {
namespace {

using complex = std::complex<double>;

/// Of an analogue section: n2 s² + n1 s + n0 over s² + d1 s + d0.
struct analogue {
  double n2, n1, n0, d1, d0;
};

double warped(double frequency) {
  return std::tan(std::numbers::pi * frequency);
}

/// s = (1 − 1/z) / (1 + 1/z)
biquad digital(const analogue& h) {
  const double scale = 1 / (1 + h.d1 + h.d0);
  return {.b0 = (h.n2 + h.n1 + h.n0) * scale,
          .b1 = 2 * (h.n0 - h.n2) * scale,
          .b2 = (h.n2 - h.n1 + h.n0) * scale,
          .a1 = 2 * (h.d0 - 1) * scale,
          .a2 = (1 - h.d1 + h.d0) * scale};
}

/// (n1 s + n0) / (s + d0)
biquad digital_first_order(double n1, double n0, double d0) {
  const double scale = 1 / (1 + d0);
  return {.b0 = (n1 + n0) * scale, .b1 = (n0 - n1) * scale, .a1 = (d0 - 1) * scale};
}

/// Those poles of the lowpass with corner 1 that lie in the upper half plane, in order.
std::vector<complex> upper_poles(int order) {
  std::vector<complex> poles;
  for (int k = 0; k < order / 2; ++k) {
    const double angle = std::numbers::pi * (2 * k + order + 1) / (2 * order);
    poles.push_back(std::polar(1.0, angle));
  }
  return poles;
}

/// The roots of s² − b s + c, the larger one first.
std::pair<complex, complex> roots(complex b, double c) {
  auto root = std::sqrt(b * b - 4 * c);
  if (std::real(std::conj(b) * root) < 0) root = -root;
  const auto larger = (b + root) / 2.0;
  return {larger, c / larger};
}

/// A section for each pair of poles that a pair of poles of the lowpass becomes, and one for the
/// real pole. `moved(pole)` is b of s² − b s + centre²; `section(d1, d0)` has the numerator.
template <class Moved, class Section>
std::vector<biquad> band(int order, double centre2, Moved moved, Section section) {
  std::vector<biquad> all;
  const auto add = [&](complex pole) {
    all.push_back(digital(section(-2 * pole.real(), std::norm(pole))));
  };
  for (const auto pole : upper_poles(order)) {
    const auto both = roots(moved(pole), centre2);
    add(both.first);
    add(both.second);
  }
  if (order % 2 == 1) all.push_back(digital(section(-moved(-1.0).real(), centre2)));
  return all;
}

}  // namespace

std::vector<biquad> butterworth_lowpass(int order, double cutoff) {
  const double k = warped(cutoff);
  std::vector<biquad> all;
  for (const auto pole : upper_poles(order)) {
    all.push_back(digital({0, 0, k * k, -2 * pole.real() * k, k * k}));
  }
  if (order % 2 == 1) all.push_back(digital_first_order(0, k, k));
  return all;
}

std::vector<biquad> butterworth_highpass(int order, double cutoff) {
  const double k = warped(cutoff);
  std::vector<biquad> all;
  for (const auto pole : upper_poles(order)) {
    all.push_back(digital({1, 0, 0, -2 * pole.real() * k, k * k}));
  }
  if (order % 2 == 1) all.push_back(digital_first_order(1, 0, k));
  return all;
}

std::vector<biquad> butterworth_bandpass(int order, double low, double high) {
  const double width = warped(high) - warped(low), centre2 = warped(high) * warped(low);
  const auto section = [&](double d1, double d0) -> analogue {
    // So that the gain of each is 1 at the centre.
    const complex at(0, std::sqrt(centre2));
    const double gain = std::abs((at * at + d1 * at + d0) / at);
    return {0, gain, 0, d1, d0};
  };
  return band(
      order, centre2, [&](complex pole) { return pole * width; }, section);
}

std::vector<biquad> butterworth_bandstop(int order, double low, double high) {
  const double width = warped(high) - warped(low), centre2 = warped(high) * warped(low);
  const auto section = [&](double d1, double d0) -> analogue {
    // So that the gain of each is 1 at frequency 0.
    return {d0 / centre2, 0, d0, d1, d0};
  };
  return band(
      order, centre2, [&](complex pole) { return width / pole; }, section);
}

}  // namespace kapacitor::udf::functions
