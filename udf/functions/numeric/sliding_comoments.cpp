#include "functions/numeric/sliding_comoments.hpp"

#include <algorithm>
#include <cmath>

namespace kapacitor::udf::functions {

bool sliding_comoments::is_beyond(double x, double y) {
  constexpr double max_magnitude = 1e140;
  return !(std::abs(x) <= max_magnitude && std::abs(y) <= max_magnitude);
}

void sliding_comoments::add(double x, double y) {
  ++since_;
  if (is_beyond(x, y)) {
    ++beyond_;
    return;
  }
  if (count_ == 0) {
    clear();
    centre_x_ = x;
    centre_y_ = y;
  }
  take(x - centre_x_, y - centre_y_, 1);
  ++count_;
}

void sliding_comoments::remove(double x, double y) {
  if (is_beyond(x, y)) {
    --beyond_;
    return;
  }
  const double dx = x - centre_x_, dy = y - centre_y_;
  take(dx, dy, -1);
  --count_;
  if (dx * dx * 0x1p-20 > xx_.value() || dy * dy * 0x1p-20 > yy_.value()) rounding_shows_ = true;
}

bool sliding_comoments::unsettled(std::size_t n) const {
  return since_ >= n || rounding_shows_ || is_far(xx_, x_) || is_far(yy_, y_);
}

double sliding_comoments::squares(const compensated_sum& of_squares,
                                  const compensated_sum& sum) const {
  const double s = sum.value();
  return std::max(0.0, of_squares.value() - s * (s / n()));
}

/// (mean − centre)² > 255 · variance
bool sliding_comoments::is_far(const compensated_sum& of_squares,
                               const compensated_sum& sum) const {
  const double s = sum.value();
  return s * s * 256 > 255 * (n() * of_squares.value());
}

void sliding_comoments::take(double dx, double dy, double sign) {
  x_.add(sign * dx);
  y_.add(sign * dy);
  xx_.add(sign * (dx * dx));
  yy_.add(sign * (dy * dy));
  xy_.add(sign * (dx * dy));
}

void sliding_comoments::clear() {
  for (auto* sum : {&x_, &y_, &xx_, &yy_, &xy_}) sum->clear();
  centre_x_ = centre_y_ = 0;
  count_ = since_ = 0;
  rounding_shows_ = false;
}

}  // namespace kapacitor::udf::functions
