#include <string_view>
#include <vector>

#include "functions/detection/change_point.hpp"

namespace kapacitor::udf::functions {

udf::schema<change_point::options> change_point::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to watch, a number", udf::not_empty())
      .optional("method", &options::method, "how to find changes",
                udf::one_of({"cusum", "page_hinkley", "adwin"}))
      .optional("drift", &options::drift,
                "cusum: deviation that is none yet, in standard deviations (k; without: 0.5)",
                udf::at_least(0.0))
      .optional("threshold", &options::threshold,
                "cusum: sum that is a change, in standard deviations (h; without: 5.0)",
                udf::more_than(0.0))
      .optional("target", &options::target,
                "cusum: mean of the reference (without: learned, anew after each change)")
      .optional("stddev", &options::stddev,
                "cusum: standard deviation of the reference (without: learned likewise)",
                udf::more_than(0.0))
      .optional("delta", &options::delta,
                "page_hinkley, required: deviation that is none yet, in the field's unit; adwin: "
                "probability of a false change, above 0 and below 1 (without: 0.002)",
                udf::at_least(0.0))
      .optional("lambda", &options::lambda,
                "page_hinkley, required: sum that is a change, in the field's unit",
                udf::more_than(0.0))
      .optional("forgetting", &options::forgetting,
                "page_hinkley: what remains of the sums from point to point (without: 1.0)",
                udf::above_up_to(0.0, 1.0))
      .optional("warmup", &options::warmup,
                "cusum, page_hinkley: points that only teach the reference (without: 30)",
                udf::between(1, 1'000'000'000))
      .optional("clock", &options::clock,
                "adwin: look for a change every so many points "
                "(without: 32)",
                udf::between(1, 1'000'000'000))
      .optional("size", &options::size,
                "adwin: points that the window holds at most (without: any number)",
                udf::at_least(10))
      .flag("onlyChanges", &options::only_changes,
            "emit only the points at which a change is found")
      .with(output("what the names of the fields begin with: `as`_changed and so on"));
}

void change_point::options::check() {
  check_method();
  prepare();
}

/// Errors: option_error with all options that the method lacks or does not take.
void change_point::options::check_method() const {
  const bool cusum = method == "cusum", page_hinkley = method == "page_hinkley",
             adaptive = method == "adwin";
  udf::option_problems problems;
  const auto only = [&](bool given, std::string_view name, bool fits, std::string_view of) {
    if (given && !fits)
      problems.add(std::string(name) + " is an option of method " + std::string(of) +
                   ", the method is '" + method + "'");
  };
  only(drift.has_value(), "drift", cusum, "'cusum'");
  only(threshold.has_value(), "threshold", cusum, "'cusum'");
  only(target.has_value(), "target", cusum, "'cusum'");
  only(stddev.has_value(), "stddev", cusum, "'cusum'");
  only(delta.has_value(), "delta", !cusum, "'page_hinkley' or 'adwin'");
  only(lambda.has_value(), "lambda", page_hinkley, "'page_hinkley'");
  only(forgetting.has_value(), "forgetting", page_hinkley, "'page_hinkley'");
  only(warmup.has_value(), "warmup", !adaptive, "'cusum' or 'page_hinkley'");
  only(clock.has_value(), "clock", adaptive, "'adwin'");
  only(size.has_value(), "size", adaptive, "'adwin'");
  if (page_hinkley && !delta)
    problems.add("method 'page_hinkley' needs .delta(d): deviation that is none yet, a number ≥ 0");
  if (page_hinkley && !lambda)
    problems.add("method 'page_hinkley' needs .lambda(l): sum that is a change, a number > 0");
  if (adaptive && delta && !(*delta > 0 && *delta < 1))
    problems.add("delta of method 'adwin' must be above 0 and below 1, got " +
                 to_string(option_value(*delta)));
  if (cusum && warmup == 1 && !stddev)
    problems.add("warmup must be at least 2 where the standard deviation is learned, got 1");
  if (cusum && warmup && target && stddev)
    problems.add("target and stddev leave nothing to learn: warmup does not go with both");
  problems.throw_if_any();
}

void change_point::options::prepare() {
  adwin = method == "adwin";
  page.running_reference = method == "page_hinkley";
  page.drift = page.running_reference ? delta.value_or(0) : drift.value_or(0.5);
  page.threshold = page.running_reference ? lambda.value_or(1) : threshold.value_or(5);
  page.forgetting = forgetting.value_or(1);
  page.warmup = static_cast<std::uint64_t>(warmup.value_or(30));
  page.target = target;
  page.stddev = stddev;
  window.delta = delta.value_or(window.delta);
  window.clock = static_cast<std::uint64_t>(clock.value_or(32));
  window.size = static_cast<std::uint64_t>(size.value_or(0));
  changed = as + "_changed";
  score = as + "_score";
  direction = as + "_direction";
  mean = as + "_mean";
}

}  // namespace kapacitor::udf::functions
