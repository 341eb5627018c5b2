#include "functions/statistics/correlate.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

void add_finite(answer<4>& a, std::string_view name, double x) {
  if (std::isfinite(x)) a.add(name, x);
}

}  // namespace

udf::schema<correlate::options> correlate::options::describe() {
  return udf::schema<options>{}
      .required("x", &options::x, "field on the horizontal axis, a number", udf::not_empty())
      .required("y", &options::y, "field on the vertical axis, a number", udf::not_empty())
      .with(window())
      .with(output("field to write the correlation to; the names of the others begin with it"));
}

void correlate::options::check() {
  check_window();
  names = {as + "_slope", as + "_intercept", as + "_count"};
}

udf::description correlate::describe() {
  return {
      .computes =
          "Of the points in the window that have both fields, with the newest included: Pearson's "
          "correlation r = Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² · Σ(y − ȳ)²), and the least squares line "
          "y = intercept + slope · x with slope = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)² and intercept = ȳ − "
          "slope · x̄.\n\n"
          "What cannot be computed is left out: where all x are equal, correlation and line; where "
          "all y are equal, the correlation; while a value beyond ±1e140 is in the window, all but "
          "the count.",
      .outputs = {{.name = "`as`", .type = "double", .help = "correlation, −1 to 1"},
                  {.name = "`as`_slope", .type = "double", .help = "unit of y per unit of x"},
                  {.name = "`as`_intercept", .type = "double", .help = "y where x is 0"},
                  {.name = "`as`_count", .type = "int", .help = "points in the window"}},
      .times =
          "With a `size` alone, points count in the order they come, whatever their time. With a "
          "`period`, the window holds those in (newest − period, newest]: a point that comes late, "
          "but not by a whole period, is taken for as new as the newest; one that is later still "
          "changes nothing and has no answer. Points of equal time all count.",
      .cost = "O(1) amortised: sums are added up anew each time the window has gone round.",
      .state =
          "about 300 bytes; 16 more for each point of the window, with a `period` 24, up to "
          "twice that while it grows. In the snapshot: 107 bytes, and 16 or 24 for each point.",
      .source = "sums by Knuth's TwoSum (The Art of Computer Programming, vol. 2, 4.2.2)"};
}

bool correlate::push(udf::timestamp time, double x, double y) {
  const bool taken = xs_.push(time, x, [this](double leaving) {
    sums_.remove(leaving, ys_.front());
    ys_.pop_front();
  });
  if (!taken) return false;
  ys_.push_back(y);
  sums_.add(x, y);
  const auto n = xs_.size();
  if (sums_.unsettled(n)) sums_.add_up(n, [this](std::size_t i) { return at(i); });
  return true;
}

void correlate::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.x), y = finite_number(p, options_.y);
  if (!x || !y) return out.skip();
  if (!push(p.time(), *x, *y)) return;
  answer<4> result;
  const double spread = sums_.usable() ? sums_.xx() : 0;
  if (spread > 0) {
    const double together = sums_.xy();
    // Roots apart: the product of the squares may be less or more than a double can hold.
    const double r = together / std::sqrt(spread) / std::sqrt(sums_.yy());
    if (std::isfinite(r)) result.add(options_.as, std::clamp(r, -1.0, 1.0));
    const double slope = together / spread;
    add_finite(result, options_.names[0], slope);
    add_finite(result, options_.names[1], sums_.mean_y() - slope * sums_.mean_x());
  }
  result.add(options_.names[2], static_cast<std::int64_t>(xs_.size()));
  result.send(p, options_.keep, out);
}

void correlate::check_state() {
  if (ys_.size() != xs_.size()) {
    throw udf::state_error("the snapshot's windows of x and y differ in length");
  }
  sums_.restored(xs_.size(), [this](std::size_t i) { return at(i); });
}

}  // namespace kapacitor::udf::functions
