#include "functions/statistics/moving_average.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {

udf::schema<moving_average::options> moving_average::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to average, a number", udf::not_empty())
      .required("size", &options::size, "length of the window in points", udf::at_least(1))
      .with(output("field to write the average to"));
}

udf::description moving_average::describe() {
  return {
      .computes =
          "The mean of the last `size` values of the field; until so many have come, of those "
          "there "
          "are. The window's sum is held to about 106 bits and added up anew each time the window "
          "has gone round once, so that nothing drifts, however long it runs.\n\n"
          "One point for each point that has the field. A point without it, or with a NaN or an "
          "infinity in it, passes by and does not count.",
      .outputs = {{"`as`", "double", "the mean, in the field's unit"}},
      .times = "Times do not matter: points count in the order in which they come.",
      .cost = "O(1) per point, whatever `size` is.",
      .state =
          "About 60 bytes, and 8 for each point of the window, in memory; 8 for each point of "
          "the window and about 30 in the snapshot.",
      .source =
          "Sums by TwoSum: Donald E. Knuth, *The Art of Computer Programming*, vol. 2, 4.2.2."};
}

void moving_average::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return out.skip();
  if (window_.size() < static_cast<std::size_t>(options_.size)) {
    lengthen(*x);
  } else {
    replace_oldest(*x);
  }
  answer<1>().add(options_.as, mean()).send(p, options_.keep, out);
}

// sum_ + rest_ takes x in without losing what sum_ alone has no room for.
inline void moving_average::add(double x) {
  const double total = sum_ + x;
  const double part = total - sum_;
  rest_ += (sum_ - (total - part)) + (x - part);
  sum_ = total;
}

inline void moving_average::replace_oldest(double x) {
  const double leaving = window_[oldest_];
  window_[oldest_] = x;
  if (++oldest_ == window_.size()) {
    oldest_ = 0;
    add_up();
  } else {
    add(-leaving);
    add(x);
  }
}

/// A small window takes just the memory that it needs: there may be a million of them.
void moving_average::lengthen(double x) {
  constexpr std::size_t few = 16;
  const auto n = window_.size(), most = static_cast<std::size_t>(options_.size);
  if (n == window_.capacity()) window_.reserve(std::min(most, std::max(few, 2 * n)));
  window_.push_back(x);
  add(x);
}

void moving_average::add_up() {
  sum_ = rest_ = 0;
  for (const double x : window_) add(x);
}

inline double moving_average::mean() const {
  const auto n = static_cast<double>(window_.size());
  const double total = sum_ + rest_;
  if (std::isfinite(total)) [[likely]] {
    return total / n;
  }
  // The sum is beyond what a double holds, the mean is not.
  double mean = 0;
  for (const double x : window_) mean += x / n;
  return mean;
}

void moving_average::check_state() const {
  const auto n = window_.size();
  if (n > static_cast<std::size_t>(options_.size) || (n == 0 ? oldest_ != 0 : oldest_ >= n)) {
    throw udf::state_error("the snapshot's window does not fit the option size");
  }
}

}  // namespace kapacitor::udf::functions
