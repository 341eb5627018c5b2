#include "functions/tracking/rate.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

/// Larger steps cannot be added up: what comes after them is taken for a new beginning.
constexpr double largest_step = 1e300;

}  // namespace

rate::rate(const options& o)
    : options_(o),
      window_(o, o.computes == mode::derivative ? change_window::of::values
                                                : change_window::of::steps) {}

void rate::on_point(const udf::point& p, udf::emitter& out) {
  const auto value = reading::of(p, options_.field);
  const auto time = p.time().time_since_epoch().count();
  if (!value) return skip_without_number(p, options_.field, out);
  if (is_useless(time)) return out.skip(udf::reason::late, earliest());
  if (options_.doubts && started_ && !is_gap(time)) {
    const auto found = judge(time, *value);
    if (found == belief::doubtful) return out.skip(udf::reason::out_of_range, options_.field);
    if (found == belief::anew) begin(suspect_->time, suspect_->value);
    suspect_.reset();
  }
  const auto changed = advance(time, *value, out);
  if (!changed) return;
  if (window_.is_cut()) [[unlikely]]
    out.note(udf::reason::cut_window, "period");
  if (options_.non_negative && changed->amount < 0) return out.skip(udf::reason::no_result);
  const double x = result(*changed);
  if (!std::isfinite(x)) return out.skip(udf::reason::overflow, options_.as);
  output_fields<1>().add(options_.as, x).send(p, options_.keep, out);
}

/// A step to a point of equal time counts with the next; a difference has no use for it.
inline bool rate::is_useless(std::int64_t time) const {
  return started_ && time == time_ && options_.computes == mode::derivative;
}

inline bool rate::is_gap(std::int64_t time) const {
  return options_.max_gap.count() > 0 && elapsed(time_, time) > unsigned_ns(options_.max_gap);
}

/// Whether the point is to be believed: at once, because it agrees with the newest one; because it
/// agrees with the one before it, from which the counter then begins anew; or not yet.
rate::belief rate::judge(std::int64_t time, const reading& value) {
  const bool possible = is_possible(step_to(value), elapsed(time_, time));
  const bool reset = is_reset(value);
  if (possible && !reset) return belief::sound;
  if (confirms(time, value)) return possible ? belief::sound : belief::anew;
  suspect_ = {time, value};
  return belief::doubtful;
}

/// Whether the suspect may be right, going by this point, which comes after it.
bool rate::confirms(std::int64_t time, const reading& value) const {
  if (!suspect_ || time <= suspect_->time) return false;
  const bool falls = value.is_below(suspect_->value);
  if (falls && options_.computes != mode::derivative) return false;
  return is_possible(value.minus(suspect_->value), elapsed(suspect_->time, time));
}

bool rate::is_possible(double step, std::uint64_t nanoseconds) const {
  if (!options_.max_rate || nanoseconds == 0) return true;
  const double units =
      static_cast<double>(nanoseconds) / static_cast<double>(options_.unit.count());
  return std::abs(step) <= *options_.max_rate * units;
}

/// Whether a counter has fallen, and not because it has run over.
bool rate::is_reset(const reading& value) const {
  if (options_.computes == mode::derivative || !value.is_below(newest_)) return false;
  return !options_.wrap || !value.beyond_overflow(newest_, static_cast<int>(*options_.wrap));
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

void rate::migrate(std::uint32_t, udf::state_reader& in) {
  in.read(started_);
  in.read(time_);
  in.read(newest_);
  in.read(pending_);
  in.read(window_);
}

void rate::check_state() const {
  if (suspect_ && (!started_ || suspect_->time < time_)) {
    throw udf::state_error("the snapshot doubts a point that is older than the newest");
  }
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
