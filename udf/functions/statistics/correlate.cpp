#include "functions/statistics/correlate.hpp"

#include <algorithm>
#include <array>
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
      .with(output("the correlation; the other fields written begin with it"));
}

void correlate::options::check() {
  check_window();
  names = {as + "_slope", as + "_intercept", as + "_count"};
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
  if (!x || !y) return skip_without_pair(p, out);
  if (!push(p.time(), *x, *y)) return out.skip(udf::reason::late, xs_.newest_time());
  if (xs_.is_cut()) [[unlikely]]
    out.note(udf::reason::cut_window, "period");
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

/// Names the field that is missing if the other one is there: if each is missing in turn, they
/// never come together.
void correlate::skip_without_pair(const udf::point& p, udf::emitter& out) const {
  const bool has_x = p.find(options_.x) != nullptr, has_y = p.find(options_.y) != nullptr;
  if (has_x != has_y) return out.skip(udf::reason::no_pair, has_x ? options_.y : options_.x);
  if (!has_x) return skip_without_numbers(p, std::array{options_.x, options_.y}, out);
  skip_without_number(p, finite_number(p, options_.x) ? options_.y : options_.x, out);
}

void correlate::check_state() {
  if (ys_.size() != xs_.size()) {
    throw udf::state_error("the snapshot's windows of x and y differ in length");
  }
  for (std::size_t i = 0; i < xs_.size(); ++i) {
    if (!std::isfinite(xs_[i]) || !std::isfinite(ys_[i])) {
      throw udf::state_error("the snapshot's windows hold what is no finite number");
    }
  }
  sums_.restored(xs_.size(), [this](std::size_t i) { return at(i); });
}

}  // namespace kapacitor::udf::functions
