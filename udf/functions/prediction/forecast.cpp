#include "functions/prediction/forecast.hpp"

#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

using std::chrono::nanoseconds;

/// The latest time there is where the sum is beyond it. by ≥ 0.
udf::timestamp later(udf::timestamp time, nanoseconds by) {
  return time > udf::timestamp::max() - by ? udf::timestamp::max() : time + by;
}

std::string intervals_of(nanoseconds duration, nanoseconds interval) {
  return udf::to_string(duration) + ", with an interval of " + udf::to_string(interval);
}

}  // namespace

udf::schema<forecast::options> forecast::options::describe() {
  const auto weight = udf::between(0.0, 1.0);
  return udf::schema<options>{}
      .required("field", &options::field, "field to forecast, a number", udf::not_empty())
      .required("interval", &options::interval, "time between points",
                udf::more_than(nanoseconds(0)))
      .optional("horizon", &options::horizon,
                "how far ahead, in whole intervals (0s: one interval)",
                udf::at_least(nanoseconds(0)))
      .optional("alpha", &options::alpha, "weight of the newest point in the level",
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
                "whether the season is added to the level or a factor of it",
                udf::one_of({"additive", "multiplicative"}))
      .optional("level", &options::level, "how likely the bounds hold the value",
                udf::between(0.01, 0.9999))
      .flag("ahead", &options::ahead,
            "give the forecast the time it is for: the point's own and the horizon")
      .with(output("field to write the forecast to; begins the names of the others"));
}

void forecast::options::check() {
  udf::option_problems problems;
  if (season.count() % interval.count() != 0 || season == interval ||
      season.count() / interval.count() > most_buckets) {
    problems.add("season must be 2 to 2016 whole intervals, got " + intervals_of(season, interval));
  }
  if (horizon.count() % interval.count() != 0 || horizon.count() / interval.count() > most_steps) {
    problems.add("horizon must be whole intervals, at most 100000, got " +
                 intervals_of(horizon, interval));
  }
  if (ahead && keep)
    problems.add("ahead and keep do not go together: the point's fields belong to its own time");
  problems.throw_if_any();
  if (horizon.count() == 0) horizon = interval;
  smoothing.alpha = alpha;
  smoothing.beta = beta;
  smoothing.gamma = gamma;
  smoothing.damping = damping;
  smoothing.interval = static_cast<std::uint64_t>(interval.count());
  smoothing.buckets = static_cast<std::uint64_t>(season / interval);
  smoothing.ahead = static_cast<std::uint64_t>(horizon / interval);
  smoothing.multiplicative = season.count() != 0 && seasonality == "multiplicative";
  smoothing.prepare();
  // In double, which suffices. Boost's tables in long double end the program under valgrind.
  using in_double = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  deviations =
      boost::math::quantile(boost::math::normal_distribution<double, in_double>(), (1 + level) / 2);
  as_lower = as + "_lower";
  as_upper = as + "_upper";
  as_residual = as + "_residual";
}

udf::description forecast::describe() {
  return {
      .computes =
          "Exponential smoothing by Holt and Winters, with an additive season of m buckets:\n\n"
          "    e     = x − (level + φ·trend + season[t])\n"
          "    level ← level + φ·trend + alpha·e\n"
          "    trend ← φ·trend + alpha·beta·e\n"
          "    season[t] ← season[t] + gamma·e\n"
          "    forecast h intervals ahead = level + (φ + φ² + … + φʰ)·trend + season[t + h]\n\n"
          "φ is `damping`. With a multiplicative season level and trend are multiplied by the "
          "season, x is divided by it, and season[t] ← (1 − gamma)·season[t] + "
          "gamma·x / (level + φ·trend).\n\n"
          "**The beginning.** Without a season the first points count by larger weights: without a "
          "trend as their mean, with a trend as the line of least squares through all points so "
          "far, until its weight for the newest has come down to alpha (after about 4 / alpha "
          "points; exactly where `damping` is 1.0 and no interval is missing). With a season, "
          "during the first one, the level is the mean of the points so "
          "far, and a forecast is the point one season before it, or the level where there is "
          "none. Then season[i] is what the i-th point differs from the level by, and the trend "
          "begins with 0. A bucket that had no point in the first season takes its first one as it "
          "comes.\n\n"
          "**The bounds** are forecast ± z·σ·√(1 + Σ c²), with c = alpha + alpha·beta·(φ + … + "
          "φʲ), "
          "and gamma added where j is a multiple of m, over j = 1 … h − 1. σ² is the mean of the "
          "squares of the errors one interval ahead: of all up to the 50th, then exponentially "
          "weighted by 0.02; after a gap of n intervals the error is divided by the root for n. "
          "Squares beyond 1e300 count as 1e300. z is the normal distribution's for `level`. With a "
          "multiplicative season errors count in terms of the level and the bounds are multiplied "
          "by the season: an approximation.",
      .outputs = {{"`as`", "double", "the value expected one horizon after the point"},
                  {"`as`_lower", "double", "lower bound of it; from the second point on"},
                  {"`as`_upper", "double", "upper bound of it; from the second point on"},
                  {"`as`_residual", "double",
                   "this point minus what was expected for it from those before; from the second "
                   "point on, not with `ahead`"}},
      .times =
          "The answer has the point's own time, with `ahead` that of the forecast: time + horizon. "
          "A point belongs to the interval that is nearest, counted from the group's first point. "
          "Level and trend are carried on over missing intervals, 100 at most, and the trend is "
          "corrected by the error per interval. Another point in the same interval, as one of the "
          "same time, corrects level and season but not the trend, and does not count for the "
          "bounds. A point older than the newest passes by. Where level, "
          "trend or season leave what can be squared, 1e-150 to 1e150, the group begins anew.",
      .cost = "O(1)",
      .state = "about 100 bytes, and 8 for each bucket of the season; in the snapshot 57 and 8",
      .source =
          "Holt 1957, Winters 1960; bounds, additive season: Hyndman, Koehler, Ord, Snyder, "
          "*Forecasting with Exponential Smoothing*, 2008, table 6.2 (class 1); first weights: "
          "Brookner, *Tracking and Kalman Filtering Made Easy*, 1998, the growing-memory "
          "filter"};
}

void forecast::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x || (options_.smoothing.multiplicative && *x <= 0)) return out.skip();
  const auto now = model_.push(p.time().time_since_epoch().count(), *x);
  if (!now) return out.skip();
  send(p, *now, out);
}

void forecast::send(const udf::point& p, const holt_winters::outcome& now,
                    udf::emitter& out) const {
  answer<4> fields;
  const auto add = [&](const std::string& name, double x) {
    if (std::isfinite(x)) fields.add(name, x);
  };
  add(options_.as, now.forecast);
  if (now.half_width) {
    const double reach = options_.deviations * *now.half_width;
    add(options_.as_lower, now.forecast - reach);
    add(options_.as_upper, now.forecast + reach);
  }
  if (now.residual && !options_.ahead) add(options_.as_residual, *now.residual);
  if (fields.empty()) return;
  if (options_.ahead) {
    fields.send_at(p, later(p.time(), options_.horizon), out);
  } else {
    fields.send(p, options_.keep, out);
  }
}

}  // namespace kapacitor::udf::functions
