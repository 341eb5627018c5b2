#include "functions/statistics/correlate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

void add_finite(output_fields<4>& a, std::string_view name, double x) {
  if (std::isfinite(x)) a.add(name, x);
}

}  // namespace

udf::schema<correlate::options> correlate::options::describe() {
  return udf::schema<options>{}
      .required("x", &options::x, "field on the horizontal axis, a number", udf::not_empty())
      .required("y", &options::y, "field on the vertical axis, a number", udf::not_empty())
      .with(window())
      .with(udf::clock())
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
  half_reading now{p.time().time_since_epoch().count(), finite_number(p, options_.x),
                   finite_number(p, options_.y)};
  if (!now.x && !now.y) {
    return skip_without_numbers(p, std::array{options_.x, options_.y}, out);
  }
  if (!complete(now, p, out)) return;
  if (!push(p.time(), *now.x, *now.y)) return out.skip(udf::reason::late, xs_.newest_time());
  if (xs_.is_cut()) [[unlikely]]
    out.note(udf::reason::cut_window, "period");
  answer_to(p, out);
}

/// With what waits, if that has the other field of this time. What waits for nothing any more was
/// in vain, and is skipped now. Returns: false if a field is missing, which is waited for.
bool correlate::complete(half_reading& now, const udf::point& p, udf::emitter& out) {
  const auto waiting = std::exchange(half_, half_reading{});
  const bool waits = waiting.x || waiting.y;
  const bool both = now.x && now.y;
  if (waits && !both && waiting.time == now.time && waiting.x.has_value() != now.x.has_value()) {
    (waiting.x ? now.x : now.y) = waiting.x ? waiting.x : waiting.y;
    return true;
  }
  if (waits) skip_half(waiting, out);
  if (both) return true;
  const auto& missing = now.x ? options_.y : options_.x;
  if (p.find(missing)) note_missing_number(p, missing, out);
  half_ = now;
  return false;
}

void correlate::skip_half(const half_reading& half, udf::emitter& out) const {
  out.skip(udf::reason::no_pair, half.x ? options_.y : options_.x);
}

void correlate::on_finish(udf::emitter& out) {
  const auto waiting = std::exchange(half_, half_reading{});
  if (waiting.x || waiting.y) skip_half(waiting, out);
}

void correlate::answer_to(const udf::point& p, udf::emitter& out) const {
  output_fields<4> result;
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

void correlate::migrate(unsigned, udf::state_reader& in) {
  auto first = std::tie(xs_, ys_, sums_);
  in.read(first);
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
  const auto is_wrong = [](const auto& x) { return x && !std::isfinite(*x); };
  if ((half_.x && half_.y) || is_wrong(half_.x) || is_wrong(half_.y)) {
    throw udf::state_error("the snapshot's incomplete reading cannot be");
  }
  sums_.restored(xs_.size(), [this](std::size_t i) { return at(i); });
}

}  // namespace kapacitor::udf::functions
