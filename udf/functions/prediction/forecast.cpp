#include "functions/prediction/forecast.hpp"

#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

using std::chrono::nanoseconds;

/// The latest time there is if the sum is beyond it. by ≥ 0.
udf::timestamp later(udf::timestamp time, nanoseconds by) {
  return time > udf::timestamp::max() - by ? udf::timestamp::max() : time + by;
}

std::string intervals_of(nanoseconds duration, nanoseconds interval) {
  return udf::to_string(duration) + ", with an interval of " + udf::to_string(interval);
}

/// What a season of more than `most` intervals needs: the shortest multiple of the interval of
/// which it has at most `most`, and at least two. Empty if there is none.
std::string longer_interval(nanoseconds season, nanoseconds interval, std::int64_t most) {
  const auto intervals = season / interval;
  if (season % interval != nanoseconds(0)) return {};
  for (auto n = intervals / most; n > 0 && n <= intervals / 2; ++n) {
    if (intervals % n != 0 || intervals / n > most) continue;
    return "; this season needs an interval of " + udf::to_string(n * interval) + " or more";
  }
  return {};
}

}  // namespace

udf::schema<forecast::options> forecast::options::describe() {
  const auto weight = udf::between(0.0, 1.0);
  return udf::schema<options>{}
      .required("field", &options::field, "field to forecast, a number", udf::not_empty())
      .required("interval", &options::interval, "time between two points of a group",
                udf::more_than(nanoseconds(0)))
      .optional("horizon", &options::horizon,
                "how far ahead to forecast, in whole intervals (0s: one interval)",
                udf::at_least(nanoseconds(0)))
      .optional("alpha", &options::alpha, "weight of the newest point, in the level",
                udf::above_up_to(0.0, 1.0))
      .optional("beta", &options::beta, "weight of the newest change in the trend (0.0: no trend)",
                weight)
      .optional("gamma", &options::gamma, "weight of the newest season in the season", weight)
      .optional("damping", &options::damping,
                "part of the trend that is left after an interval (1.0: all)",
                udf::above_up_to(0.0, 1.0))
      .optional("season", &options::season,
                "length of the season, 2 to 2016 whole intervals (0s: none)",
                udf::at_least(nanoseconds(0)))
      .optional("seasonality", &options::seasonality,
                "whether the season is added to the level, 'additive', or a factor of it, "
                "'multiplicative'",
                udf::one_of({"additive", "multiplicative"}))
      .optional("confidence", &options::confidence,
                "probability that the value lies between the bounds", udf::between(0.01, 0.9999))
      .output_only()
      .flag("atHorizon", &options::at_horizon,
            "give the forecast the time that it is for: the point's own plus the horizon")
      .output_only()
      .flag("unlimited", &options::unlimited,
            "let the forecast be however far from the values seen")
      .output_only()
      .with(udf::clock())
      .with(output("the forecast; the other fields written begin with it"));
}

void forecast::options::check() {
  check_values();
  if (horizon.count() == 0) horizon = interval;
  prepare_smoothing();
  // In double, which suffices. Boost's tables in long double end the program under valgrind.
  using in_double = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  deviations = boost::math::quantile(boost::math::normal_distribution<double, in_double>(),
                                     (1 + confidence) / 2);
  as_lower = as + "_lower";
  as_upper = as + "_upper";
  as_residual = as + "_residual";
}

/// Errors: option_error with everything that is wrong
void forecast::options::check_values() const {
  udf::option_problems problems;
  if (season.count() % interval.count() != 0 || season == interval ||
      season.count() / interval.count() > most_buckets) {
    problems.add("season must be 2 to 2016 whole intervals, got " + intervals_of(season, interval) +
                 longer_interval(season, interval, most_buckets));
  }
  if (horizon.count() % interval.count() != 0 || horizon.count() / interval.count() > most_steps) {
    problems.add("horizon must be whole intervals, at most 100000, got " +
                 intervals_of(horizon, interval));
  }
  if (at_horizon && keep)
    problems.add(
        "atHorizon and keep do not go together: the point's fields belong to its own time");
  problems.throw_if_any();
}

void forecast::options::prepare_smoothing() {
  smoothing.alpha = alpha;
  smoothing.beta = beta;
  smoothing.gamma = gamma;
  smoothing.damping = damping;
  smoothing.interval = static_cast<std::uint64_t>(interval.count());
  smoothing.buckets = static_cast<std::uint64_t>(season / interval);
  smoothing.ahead = static_cast<std::uint64_t>(horizon / interval);
  smoothing.multiplicative = season.count() != 0 && seasonality == "multiplicative";
  smoothing.unlimited = unlimited;
  smoothing.prepare();
}

void forecast::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  if (options_.smoothing.multiplicative && *x <= 0)
    return out.skip(udf::reason::out_of_range, options_.field);
  const auto now = model_.push(p.time().time_since_epoch().count(), *x);
  if (!now) return out.skip(udf::reason::late, model_.newest());
  if (now->began_anew) [[unlikely]]
    out.note(udf::reason::overflow, options_.field);
  send(p, *now, out);
}

void forecast::send(const udf::point& p, const holt_winters::outcome& now,
                    udf::emitter& out) const {
  output_fields<4> fields;
  const auto add = [&](const std::string& name, double x) {
    if (std::isfinite(x)) fields.add(name, x);
  };
  add(options_.as, now.forecast);
  if (now.half_width) {
    const double half_width = options_.deviations * *now.half_width;
    add(options_.as_lower, now.forecast - half_width);
    add(options_.as_upper, now.forecast + half_width);
  }
  if (now.residual && !options_.at_horizon) add(options_.as_residual, *now.residual);
  if (fields.empty()) return out.skip(udf::reason::overflow, options_.as);
  if (options_.at_horizon) {
    fields.send_at(p, later(p.time(), options_.horizon), out);
  } else {
    fields.send(p, options_.keep, out);
  }
}

}  // namespace kapacitor::udf::functions
