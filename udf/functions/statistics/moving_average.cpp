#include "functions/statistics/moving_average.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"
#include "functions/windows/window.hpp"

namespace kapacitor::udf::functions {

udf::schema<moving_average::options> moving_average::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to average, a number", udf::not_empty())
      .required("size", &options::size, "length of the window in points",
                udf::between(1, window_options::most_size))
      .with(output("the average"));
}

void moving_average::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  if (window_.size() < static_cast<std::size_t>(options_.size)) {
    lengthen(*x);
  } else {
    replace_oldest(*x);
  }
  output_fields<1>().add(options_.as, mean()).send(p, options_.keep, out);
}

inline void moving_average::replace_oldest(double x) {
  const double leaving = window_[oldest_];
  window_[oldest_] = x;
  if (++oldest_ == window_.size()) {
    oldest_ = 0;
    add_up();
  } else {
    sum_.add(-leaving);
    sum_.add(x);
  }
}

/// A small window takes just the memory that it needs: there may be a million of them.
void moving_average::lengthen(double x) {
  constexpr std::size_t few = 16;
  const auto n = window_.size(), most = static_cast<std::size_t>(options_.size);
  if (n == window_.capacity()) window_.reserve(std::min(most, std::max(few, 2 * n)));
  window_.push_back(x);
  sum_.add(x);
}

void moving_average::add_up() {
  sum_.clear();
  for (const double x : window_) sum_.add(x);
}

inline double moving_average::mean() const {
  const auto n = static_cast<double>(window_.size());
  const double total = sum_.value();
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
  if (!std::all_of(window_.begin(), window_.end(), [](double x) { return std::isfinite(x); })) {
    throw udf::state_error("the snapshot's window holds what is no finite number");
  }
}

}  // namespace kapacitor::udf::functions
