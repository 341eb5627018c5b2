#include "functions/detection/outlier_score.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

struct method_info {
  std::string_view name;
  range_method by;
  double spreads;  // unless given
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
                "method: 'zscore', mean and standard deviation of the window; 'robust', median "
                "and MAD; 'tukey', quartiles; 'ewma', exponentially weighted mean and deviation, "
                "without a window",
                udf::one_of({"zscore", "robust", "tukey", "ewma"}))
      .optional("spreads", &options::spreads,
                "spreads from the usual range to an outlier (unless given: 3.0 of zscore and "
                "ewma, 3.5 of robust, 1.5 of tukey)",
                udf::more_than(0.0))
      .optional("warmup", &options::warmup,
                "points before the first anomaly: in the window, of ewma since the beginning "
                "(unless given: 10, or size if that is less)",
                udf::at_least(0))
      .with(window())
      .optional("alpha", &options::alpha, "weight of the newest point, of ewma (0.1 unless given)",
                udf::above_up_to(0.0, 1.0))
      .optional("halfLife", &options::half_life,
                "age at which a point counts for half, of ewma, instead of alpha",
                udf::more_than(std::chrono::nanoseconds(0)))
      .with(udf::clock())
      .with(output("all fields written begin with it"));
}

void outlier_score::options::check() {
  const auto* info = std::find_if(methods.begin(), methods.end(),
                                  [&](const method_info& m) { return m.name == method; });
  by = info->by;
  fence = spreads.value_or(info->spreads);
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
  if (alpha || half_life) {
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
  if (alpha && half_life) throw udf::option_error("give alpha or halfLife, not both");
}

outlier_score::outlier_score(const options& o) : options_(o) {
  if (o.by == range_method::ewma) {
    weights_.emplace_back(o.gain, o.half_life.value_or(std::chrono::nanoseconds(0)));
  } else {
    window_.emplace_back(o, o.by);
  }
}

/// By weights, a late point counts as the newest.
udf::timestamp outlier_score::earliest() const {
  return window_.size() == 0 ? udf::timestamp::min() : window_[0].earliest();
}

std::optional<udf::timestamp> outlier_score::newest() const {
  return weights_.size() == 0 || !options_.half_life ? std::nullopt : weights_[0].newest();
}

void outlier_score::set_back(udf::timestamp to) {
  if (weights_.size() != 0) return weights_[0].set_back(to);
  window_[0] = windowed_range(options_, options_.by);
}

void outlier_score::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  std::optional<usual_range> range;
  std::uint64_t known = 0;
  if (options_.by == range_method::ewma) {
    range = weights_[0].range();
    known = weights_[0].size();
    weights_[0].push(p.time(), *x);
  } else {
    range = window_[0].range();
    known = window_[0].size();
    const bool taken = window_[0].push(p.time(), *x);
    const auto& window = window_[0].window();
    if (!taken) return out.skip(udf::reason::late, window.newest_time());
    if (window.is_cut()) [[unlikely]]
      out.note(udf::reason::cut_window, "period");
  }
  output_fields<4> judgement;
  bool is_anomaly = false;
  if (range) {
    const double lower = range->lower(options_.fence), upper = range->upper(options_.fence);
    is_anomaly = known >= options_.enough && (*x < lower || *x > upper);
    judgement.add(options_.names[0], range->score(*x));
    if (std::isfinite(lower)) judgement.add(options_.names[1], lower);
    if (std::isfinite(upper)) judgement.add(options_.names[2], upper);
  }
  judgement.add(options_.names[3], is_anomaly).send(p, options_.keep, out);
}

}  // namespace kapacitor::udf::functions
