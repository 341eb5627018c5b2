#include "functions/detection/change_point.hpp"

#include <cmath>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {

void change_point::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return out.skip();
  const auto& o = options_;
  const auto found = o.adwin ? window_.push(*x, o.window) : page_.push(*x, o.page);
  const bool changed = found.direction != 0;
  if (o.only_changes && !changed) return;
  const double mean = o.adwin ? window_.mean() : page_.mean();
  answer<4> fields;
  fields.add(o.changed, changed);
  if (found.score && std::isfinite(*found.score)) fields.add(o.score, *found.score);
  fields.add(o.direction, std::int64_t{found.direction});
  if (std::isfinite(mean)) fields.add(o.mean, mean);
  fields.send(p, o.keep, out);
}

udf::description change_point::describe() {
  return {
      .computes =
          "Whether the mean of a field has changed, by one of three methods. Each begins anew "
          "after a change and learns the new level.\n\n"
          "- `cusum`: the two-sided tabular CUSUM. With z = (x − `target`) / `stddev`, "
          "C⁺ ← max(0, C⁺ + z − `drift`) and C⁻ ← max(0, C⁻ − z − `drift`); a change is where one "
          "of them reaches `threshold`. What is not given of `target` and `stddev` is learned "
          "from the first `warmup` points and from as many after each change: their mean and "
          "their sample standard deviation. A given reference stays for good, so that a change "
          "is found again and again until the values are back. With `drift` 0.5 and `threshold` 5 "
          "a shift by one standard deviation is found after about 10 points, and a false change "
          "in about 470, more often the shorter the warm-up. A standard deviation that is learned "
          "as 0 counts as 2⁻⁵⁰ of the mean's magnitude (at least the smallest normal number), and "
          "z is at most 10⁹: after a constant warm-up any other value is a change at once. A "
          "glitch in the warm-up makes the reference wide until the next change.\n"
          "- `page_hinkley`: the same sums with x − mean instead of z, `delta` instead of `drift` "
          "and `lambda` instead of `threshold`, where mean is that of all values since the last "
          "change was found, x included, and each sum is multiplied by `forgetting` before x is "
          "added. "
          "During the first `warmup` points only the mean is taken.\n"
          "- `adwin`: a window that keeps as many of the last points as have one mean. At every "
          "`clock`-th point all cuts into an older and a newer part (of n0 and n1 points, 5 at "
          "least each, between the buckets of an exponential histogram) are looked at; the means "
          "differ where |m1 − m0| ≥ s · (√(2·L/m) + 2·L/(3·m)), with 1/m = 1/n0 + 1/n1, "
          "L = ln(2·ln(n)/`delta`) and s the standard deviation of the window's n points. Then "
          "the oldest points are dropped until no cut differs. The original's last term is for "
          "values from 0 to 1; times s, values may have any range. A single value far beyond all "
          "others may count as a change, and keeps the window from seeing smaller ones while it "
          "is in it: `size` bounds for how long.",
      .outputs =
          {{"`as`_changed", "bool", "whether a change was found at this point"},
           {"`as`_score", "double",
            "what the method tests, as multiple of its threshold: 1 and more is a change. Not "
            "while the reference is learned; of `adwin` only at every `clock`-th point, from 10 "
            "points in the window on"},
           {"`as`_direction", "int", "of the change: 1 upwards, -1 downwards, 0 none"},
           {"`as`_mean", "double",
            "mean since the last change, in the field's unit. `cusum` and `page_hinkley` date a "
            "change back to where its sum left 0, `adwin` to the cut: at a change this is an "
            "estimate of the new level"}},
      .times = "Points count in the order they come; times are not looked at.",
      .cost =
          "O(1), no allocation; of `adwin` O(1) amortised, and O(log n) at every `clock`-th "
          "point, n being the points of the window.",
      .state =
          "About 190 bytes in memory and 155 in the snapshot; of `adwin` about 100 more for "
          "each doubling of the window beyond 5 points: 2 kB more for 1,000,000 points.",
      .source =
          "E. S. Page, Continuous Inspection Schemes, Biometrika 41, 1954; D. C. Montgomery, "
          "Introduction to Statistical Quality Control, chapter 9 (tabular CUSUM); "
          "D. V. Hinkley, Inference about the change-point from cumulative sum tests, "
          "Biometrika 58, 1971; A. Bifet and R. Gavaldà, Learning from Time-Changing Data "
          "with Adaptive Windowing, SIAM SDM 2007 (ADWIN2, with its normal bound)"};
}

}  // namespace kapacitor::udf::functions
