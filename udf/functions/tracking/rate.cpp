#include "functions/tracking/rate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

/// Larger steps cannot be added up: what comes after them is taken for a new beginning.
constexpr double largest_step = 1e300;

}  // namespace

udf::schema<rate::options> rate::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field,
                "field to watch, a number: a counter, or any for the "
                "derivative",
                udf::not_empty())
      .optional("method", &options::method,
                "method: 'rate', the counter's rate; 'increase', by how much it has counted; "
                "'derivative', of any field",
                udf::one_of({"rate", "increase", "derivative"}))
      .optional("unit", &options::unit, "unit of time, that rate and derivative are per",
                udf::more_than(std::chrono::nanoseconds(0)))
      .output_only()
      .with(window())
      .optional("wrap", &options::wrap,
                "bits of a counter that overflows: then not every fall is a reset",
                udf::one_of({32, 64}))
      .optional("maxGap", &options::max_gap,
                "longest gap between two points: after a longer one the function starts again "
                "(0s: after none)",
                udf::at_least(std::chrono::nanoseconds(0)))
      .flag("nonNegative", &options::non_negative,
            "emit no negative derivative (method 'derivative')")
      .with(udf::clock())
      .with(output("the value (named as the method unless given)"));
}

void rate::options::check() {
  computes = method == "rate"       ? rate::mode::rate
             : method == "increase" ? rate::mode::increase
                                    : rate::mode::derivative;
  windowed = size > 0 || period.count() > 0;
  if (as.empty()) as = method;
  udf::option_problems problems;
  if (computes == rate::mode::derivative && wrap) {
    problems.add(
        "wrap goes with the methods 'rate' and 'increase' only: a derivative knows no counters");
  }
  if (computes != rate::mode::derivative && non_negative) {
    problems.add("nonNegative goes with method 'derivative' only: no " + method + " is negative");
  }
  if (size == 1) problems.add("size must be at least 2 (or 0, by period alone), got 1");
  problems.throw_if_any();
}

rate::rate(const options& o)
    : options_(o),
      window_(o, o.computes == mode::derivative ? change_window::of::values
                                                : change_window::of::steps) {}

void rate::on_point(const udf::point& p, udf::emitter& out) {
  const auto value = reading::of(p, options_.field);
  const auto time = p.time().time_since_epoch().count();
  if (!value) return skip_without_number(p, options_.field, out);
  if (is_useless(time)) return out.skip(udf::reason::late, earliest());
  const auto changed = advance(time, *value, out);
  if (!changed) return;
  if (window_.is_cut()) [[unlikely]]
    out.note(udf::reason::cut_window, "period");
  if (options_.non_negative && changed->amount < 0) return out.skip(udf::reason::no_result);
  const double x = result(*changed);
  if (!std::isfinite(x)) return out.skip(udf::reason::overflow, options_.as);
  answer<1>().add(options_.as, x).send(p, options_.keep, out);
}

/// A step to a point of equal time counts with the next; a difference has no use for it.
inline bool rate::is_useless(std::int64_t time) const {
  return started_ && time == time_ && options_.computes == mode::derivative;
}

inline bool rate::is_gap(std::int64_t time) const {
  return options_.max_gap.count() > 0 && elapsed(time_, time) > unsigned_ns(options_.max_gap);
}

void rate::begin(std::int64_t time, const reading& value) {
  started_ = true;
  time_ = time;
  newest_ = value;
  pending_ = 0;
  if (!options_.windowed) return;
  window_.clear();
  window_.push(time, value, 0);
}

inline double rate::step_to(const reading& value) const {
  if (options_.computes == mode::derivative) return value.minus(newest_);
  if (!value.is_below(newest_)) return value.above(newest_);
  if (options_.wrap) {
    const auto step = value.beyond_overflow(newest_, static_cast<int>(*options_.wrap));
    if (step) return *step;
  }
  return std::max(0.0, value.number());  // reset: it has counted from 0 on
}

/// Takes the point in. Empty if there is nothing to compare it with; the point is skipped then.
inline std::optional<rate::difference> rate::advance(std::int64_t time, const reading& value,
                                                     udf::emitter& out) {
  const auto none = [&](udf::reason why) {
    out.skip(why, options_.field);
    return std::nullopt;
  };
  if (!started_ || is_gap(time)) {
    const auto why = started_ ? udf::reason::gap : udf::reason::too_few;
    begin(time, value);
    return none(why);
  }
  const double step = pending_ + step_to(value);
  if (!(std::abs(step) < largest_step)) {
    begin(time, value);
    return none(udf::reason::overflow);
  }
  newest_ = value;
  if (time == time_) {
    pending_ = step;
    return none(udf::reason::no_result);
  }
  const auto since = elapsed(time_, time);
  time_ = time;
  pending_ = 0;
  if (!options_.windowed) return difference{step, since};
  window_.push(time, value, step);
  if (window_.size() < 2) return none(udf::reason::too_few);
  return difference{window_.change(), elapsed(window_.oldest_time(), time)};
}

inline double rate::result(const difference& d) const {
  if (options_.computes == mode::increase) return d.amount;
  const double units =
      static_cast<double>(d.nanoseconds) / static_cast<double>(options_.unit.count());
  return d.amount / units;
}

void rate::check_state() const {
  if (window_.size() != 0 && !options_.windowed) {
    throw udf::state_error("the snapshot has a window, the options have none");
  }
  if (options_.windowed && started_ != (window_.size() != 0)) {
    throw udf::state_error("the snapshot's window does not fit its points");
  }
  if (window_.size() != 0 && window_.newest_time() != time_) {
    throw udf::state_error("the snapshot's window does not end with the newest point");
  }
  if (!(std::abs(pending_) < largest_step)) {
    throw udf::state_error("the snapshot's step is no number");
  }
}

}  // namespace kapacitor::udf::functions
