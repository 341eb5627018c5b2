#include "functions/tracking/rate.hpp"

namespace kapacitor::udf::functions {

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
      .optional("maxRate", &options::max_rate,
                "largest rate that is believed, per unit: a point that implies more is not, unless "
                "the next one agrees with it",
                udf::more_than(0.0))
      .output_only()
      .flag("confirmResets", &options::confirm_resets,
            "believe a reset only if the next point confirms it; so does maxRate")
      .output_only()
      .with(udf::clock())
      .with(output("the value (named as the method unless given)"));
}

void rate::options::check() {
  computes = method == "rate"       ? rate::mode::rate
             : method == "increase" ? rate::mode::increase
                                    : rate::mode::derivative;
  windowed = size > 0 || period.count() > 0;
  if (as.empty()) as = method;
  doubts = max_rate || confirm_resets;
  udf::option_problems problems;
  find_foreign(problems);
  if (size == 1) problems.add("size must be at least 2 (or 0, by period alone), got 1");
  problems.throw_if_any();
}

void rate::options::find_foreign(udf::option_problems& problems) const {
  const bool counter = computes != rate::mode::derivative;
  if (!counter && wrap) {
    problems.add(
        "wrap goes with the methods 'rate' and 'increase' only: a derivative knows no counters");
  }
  if (!counter && confirm_resets) {
    problems.add(
        "confirmResets goes with the methods 'rate' and 'increase' only: a derivative knows no "
        "resets");
  }
  if (counter && non_negative) {
    problems.add("nonNegative goes with method 'derivative' only: no " + method + " is negative");
  }
}

}  // namespace kapacitor::udf::functions
