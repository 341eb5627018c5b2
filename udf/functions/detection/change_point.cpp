#include "functions/detection/change_point.hpp"

#include <cmath>
#include <string>
#include <string_view>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {

udf::schema<change_point::options> change_point::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to watch, a number", udf::not_empty())
      .optional("method", &options::method,
                "method: 'cusum', the tabular CUSUM about a fixed reference; 'page_hinkley', the "
                "same about the running mean; 'adwin', a window of adaptive length",
                udf::one_of({"cusum", "page_hinkley", "adwin"}))
      .optional("drift", &options::drift,
                "cusum: deviation that does not count yet, in standard deviations (k; 0.5 unless "
                "given)",
                udf::at_least(0.0))
      .optional("decisionInterval", &options::decision_interval,
                "cusum: sum of deviations that is a change, in standard deviations (h; 5.0 unless "
                "given)",
                udf::more_than(0.0))
      .optional("referenceMean", &options::reference_mean,
                "cusum: mean of the reference (unless given: learned, again after each change)")
      .optional("referenceStddev", &options::reference_stddev,
                "cusum: standard deviation of the reference (unless given: learned as the mean is)",
                udf::more_than(0.0))
      .optional("delta", &options::delta,
                "page_hinkley, required: deviation that does not count yet, in the field's unit",
                udf::at_least(0.0))
      .optional("changeSum", &options::change_sum,
                "page_hinkley, required: sum of deviations that is a change, in the field's unit",
                udf::more_than(0.0))
      .optional(
          "forgetting", &options::forgetting,
          "page_hinkley: part of the sums that remains from point to point (1.0 unless given)",
          udf::above_up_to(0.0, 1.0))
      .optional("warmup", &options::warmup,
                "points before the first change: they teach the reference of cusum and "
                "page_hinkley (30 unless given)",
                udf::between(1, 1'000'000'000))
      .optional("significance", &options::significance,
                "significance level of adwin: probability of a false change (0.002 unless given)",
                udf::above_up_to(0.0, 0.5))
      .optional("checkCount", &options::check_count,
                "adwin: points from one check for a change to the next (32 unless given)",
                udf::between(1, 1'000'000'000))
      .optional("maxSize", &options::max_size,
                "adwin: points that the window holds at most (any number unless given)",
                udf::at_least(10))
      .flag("onlyChanges", &options::only_changes,
            "emit only the points at which a change is found")
      .output_only()
      .with(output("all fields written begin with it"));
}

void change_point::options::check() {
  check_method();
  prepare();
}

/// Errors: option_error with all options that the method lacks or does not take.
void change_point::options::check_method() const {
  struct special {
    std::string_view name;
    bool given;
    std::string_view methods;  // each in quotes
  };
  const special options_of_methods[] = {
      {"drift", drift.has_value(), "'cusum'"},
      {"decisionInterval", decision_interval.has_value(), "'cusum'"},
      {"referenceMean", reference_mean.has_value(), "'cusum'"},
      {"referenceStddev", reference_stddev.has_value(), "'cusum'"},
      {"delta", delta.has_value(), "'page_hinkley'"},
      {"changeSum", change_sum.has_value(), "'page_hinkley'"},
      {"forgetting", forgetting.has_value(), "'page_hinkley'"},
      {"warmup", warmup.has_value(), "'cusum' or 'page_hinkley'"},
      {"significance", significance.has_value(), "'adwin'"},
      {"checkCount", check_count.has_value(), "'adwin'"},
      {"maxSize", max_size.has_value(), "'adwin'"}};
  udf::option_problems problems;
  const auto own = "'" + method + "'";
  for (const auto& o : options_of_methods) {
    if (!o.given || o.methods.find(own) != std::string_view::npos) continue;
    problems.add(std::string(o.name) + " is an option of method " + std::string(o.methods) +
                 ", the method is " + own);
  }
  check_values(problems);
  problems.throw_if_any();
}

void change_point::options::check_values(udf::option_problems& problems) const {
  if (method == "page_hinkley" && !delta)
    problems.add(
        "method 'page_hinkley' needs .delta(d): deviation that does not count yet, a "
        "number ≥ 0");
  if (method == "page_hinkley" && !change_sum)
    problems.add("method 'page_hinkley' needs .changeSum(s): sum that is a change, a number > 0");
  if (method != "cusum" || !warmup) return;
  if (*warmup == 1 && !reference_stddev)
    problems.add("warmup must be at least 2 if the standard deviation is learned, got 1");
  if (reference_mean && reference_stddev)
    problems.add(
        "referenceMean and referenceStddev leave nothing to learn: warmup does not go with both");
}

void change_point::options::prepare() {
  adwin = method == "adwin";
  page.running_reference = method == "page_hinkley";
  page.drift = page.running_reference ? delta.value_or(0) : drift.value_or(0.5);
  page.threshold = page.running_reference ? change_sum.value_or(1) : decision_interval.value_or(5);
  page.forgetting = forgetting.value_or(1);
  page.warmup = static_cast<std::uint64_t>(warmup.value_or(30));
  page.target = reference_mean;
  page.stddev = reference_stddev;
  window.delta = significance.value_or(window.delta);
  window.clock = static_cast<std::uint64_t>(check_count.value_or(32));
  window.size = static_cast<std::uint64_t>(max_size.value_or(0));
  changed = as + "_changed";
  score = as + "_score";
  direction = as + "_direction";
  mean = as + "_mean";
}

void change_point::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  const auto& o = options_;
  const auto found = o.adwin ? window_.push(*x, o.window) : page_.push(*x, o.page);
  const bool changed = found.direction != 0;
  if (o.only_changes && !changed) return;
  const double mean = o.adwin ? window_.mean() : page_.mean();
  output_fields<4> fields;
  fields.add(o.changed, changed);
  if (found.score && std::isfinite(*found.score)) fields.add(o.score, *found.score);
  fields.add(o.direction, std::int64_t{found.direction});
  if (std::isfinite(mean)) fields.add(o.mean, mean);
  fields.send(p, o.keep, out);
}

}  // namespace kapacitor::udf::functions
