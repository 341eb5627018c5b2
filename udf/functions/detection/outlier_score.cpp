#include "functions/detection/outlier_score.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

struct method_info {
  std::string_view name;
  range_method by;
  double threshold;  // by default
};
constexpr std::array<method_info, 4> methods{{{"zscore", range_method::zscore, 3.0},
                                              {"robust", range_method::robust, 3.5},
                                              {"tukey", range_method::tukey, 1.5},
                                              {"ewma", range_method::ewma, 3.0}}};
constexpr double usual_alpha = 0.1;
constexpr std::int64_t usual_warmup = 10;

}  // namespace

udf::schema<outlier_score::options> outlier_score::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to judge, a number", udf::not_empty())
      .optional("method", &options::method,
                "zscore: mean and standard deviation of the window; robust: median and MAD; tukey: "
                "quartiles; ewma: exponentially weighted mean and deviation, without a window",
                udf::one_of({"zscore", "robust", "tukey", "ewma"}))
      .optional("threshold", &options::threshold,
                "score from which on a point is an anomaly, in spreads; by default 3.0 of zscore "
                "and ewma, 3.5 of robust, 1.5 of tukey",
                udf::more_than(0.0))
      .optional("warmup", &options::warmup,
                "points to know before anything is called an anomaly: in the window, of ewma since "
                "the beginning; by default 10, or size if that is less",
                udf::at_least(0))
      .with(window())
      .optional("alpha", &options::alpha, "of ewma: weight of the newest point; by default 0.1",
                udf::above_up_to(0.0, 1.0))
      .optional("halfLife", &options::halfLife,
                "of ewma, instead of alpha: time in which a point's weight halves",
                udf::more_than(std::chrono::nanoseconds(0)))
      .with(output("what the names of the written fields begin with"));
}

void outlier_score::options::check() {
  const auto* info = std::find_if(methods.begin(), methods.end(),
                                  [&](const method_info& m) { return m.name == method; });
  by = info->by;
  reach = threshold.value_or(info->threshold);
  gain = alpha.value_or(usual_alpha);
  if (by == range_method::ewma) {
    check_of_weights();
  } else {
    check_of_window();
  }
  const auto usual = size > 0 ? std::min(size, usual_warmup) : usual_warmup;
  enough = static_cast<std::uint64_t>(warmup.value_or(usual));
  names = {as + "_score", as + "_lower", as + "_upper", as + "_is_anomaly"};
}

void outlier_score::options::check_of_window() const {
  check_window();
  if (alpha || halfLife) {
    throw udf::option_error(std::string(alpha ? "alpha" : "halfLife") +
                            " is for .method('ewma') only, the method is '" + method + "'");
  }
  if (warmup && *warmup > static_cast<std::int64_t>(limit())) {
    throw udf::option_error("warmup must be at most the window's " + std::to_string(limit()) +
                            " points, got " + std::to_string(*warmup));
  }
}

void outlier_score::options::check_of_weights() const {
  if (size > 0 || period.count() > 0) {
    throw udf::option_error(std::string(size > 0 ? "size" : "period") +
                            " is not for .method('ewma'), which has no window: give .alpha(weight) "
                            "or .halfLife(duration)");
  }
  if (alpha && halfLife) throw udf::option_error("give alpha or halfLife, not both");
}

udf::description outlier_score::describe() {
  return {
      .computes =
          "How far each point is from where values usually are, judged by the points before it: it "
          "is judged first and taken in afterwards, anomaly or not. A window is taken as the point "
          "before left it.\n\n"
          "| `method` | usual range | spread | `threshold` |\n|---|---|---|---|\n"
          "| `zscore` | mean of the window | standard deviation (n − 1) | 3.0 |\n"
          "| `robust` | median of the window | 1.4826 · MAD, the median of \\|x − median\\| | 3.5 "
          "|\n"
          "| `tukey` | lower to upper quartile, by linear interpolation | upper − lower quartile | "
          "1.5 |\n"
          "| `ewma` | exponentially weighted mean | exponentially weighted standard deviation | "
          "3.0 |\n\n"
          "score = distance from the usual range / spread, negative below it, 0 within it. Where "
          "the spread is 0, a value equal to the others scores 0 and any other ±1000000, which is "
          "also the most a score can be.\n\n"
          "ewma: mean ← mean + g · (x − mean), variance ← (1 − g) · (variance + g · (x − mean)²) "
          "with g = `alpha`. With a `halfLife`, g = 1 / weight, weight ← 1 + weight · 2^(−Δt / "
          "`halfLife`): each point counts by its age; after some ten half lives without a point it "
          "begins anew.\n\n"
          "The range is known from two points on; until then only `as`_is_anomaly is written. "
          "While a value beyond ±1e140 is in the window, zscore knows none.",
      .outputs = {{.name = "`as`_score", .type = "double", .help = "distance in spreads"},
                  {.name = "`as`_lower",
                   .type = "double",
                   .help = "lower end of the usual range − `threshold` · spread"},
                  {.name = "`as`_upper",
                   .type = "double",
                   .help = "upper end of the usual range + `threshold` · spread"},
                  {.name = "`as`_is_anomaly",
                   .type = "bool",
                   .help = "whether the value is below lower or above upper, and at least `warmup` "
                           "points are known"}},
      .times =
          "With a `size` alone and with `alpha`, points count in the order they come, whatever "
          "their time. With a `period`, the window holds those in (newest − period, newest]: a "
          "point that comes late, but not by a whole period, is taken for as new as the newest; "
          "one that is later still changes nothing and has no answer. With a `halfLife`, a late "
          "point is taken for as new as the newest.",
      .cost =
          "zscore O(1) amortised, ewma O(1), tukey O(log n), robust O(log n) up to 512 points in "
          "the window, O(log² n) beyond.",
      .state =
          "ewma: 130 bytes, 42 in the snapshot. The others: about 230 bytes, zscore 330; for each "
          "point of "
          "the window 8, with a `period` 16, up to twice that while it grows; robust and tukey "
          "another 8 to 24. In the snapshot: 5 bytes, zscore 69, and 8 or 16 for each point.",
      .source =
          "robust: B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers, 1993; tukey: "
          "J. W. Tukey, Exploratory Data Analysis, 1977; ewma: T. Finch, Incremental calculation "
          "of weighted mean and variance, 2009"};
}

outlier_score::outlier_score(const options& o) : options_(o) {
  if (o.by == range_method::ewma) {
    weights_.emplace_back(o.gain, o.halfLife.value_or(std::chrono::nanoseconds(0)));
  } else {
    window_.emplace_back(o, o.by);
  }
}

void outlier_score::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return out.skip();
  std::optional<usual_range> range;
  std::uint64_t known = 0;
  if (options_.by == range_method::ewma) {
    range = weights_[0].range();
    known = weights_[0].size();
    weights_[0].push(p.time(), *x);
  } else {
    range = window_[0].range();
    known = window_[0].size();
    if (!window_[0].push(p.time(), *x)) return;
  }
  answer<4> judgement;
  bool is_anomaly = false;
  if (range) {
    const double lower = range->lower(options_.reach), upper = range->upper(options_.reach);
    is_anomaly = known >= options_.enough && (*x < lower || *x > upper);
    judgement.add(options_.names[0], range->score(*x));
    if (std::isfinite(lower)) judgement.add(options_.names[1], lower);
    if (std::isfinite(upper)) judgement.add(options_.names[2], upper);
  }
  judgement.add(options_.names[3], is_anomaly).send(p, options_.keep, out);
}

}  // namespace kapacitor::udf::functions
