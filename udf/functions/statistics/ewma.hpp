#pragma once

#include <optional>
#include <string>
#include <tuple>

#include <functions/common/answer.hpp>
#include <functions/common/input.hpp>
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The exponentially weighted moving average of a field, for every point.
///
/// mean ← mean + alpha · (x − mean), beginning with the first x. A point without the field, or with
/// a NaN or an infinity in it, passes by: nothing is emitted, nothing counted.
///
/// Shape: n points → n points, one field each; with `keep` the point's other fields as well
/// Cost:  O(1), no allocation
struct ewma {
  struct options : output_options {
    std::string field;
    double alpha = 0.1;

    options() { as = "ewma"; }
    static auto describe() {
      return udf::schema<options>{}
          .required("field", &options::field, "field to smooth, a number", udf::not_empty())
          .optional("alpha", &options::alpha, "weight of the newest point",
                    udf::above_up_to(0.0, 1.0))
          .with(output("field to write the average to"));
    }
  };

  explicit ewma(const options& o) : opt(o) {}

  void on_point(const udf::point& p, udf::emitter& out) {
    const auto x = finite_number(p, opt.field);
    if (!x) return out.pass_over();
    // Weights apart: x - mean overflows where both are huge and of different sign.
    mean = mean ? (1 - opt.alpha) * *mean + opt.alpha * *x : *x;
    answer<1>().add(opt.as, *mean).send(p, opt.keep, out);
  }

  auto state() { return std::tie(mean); }

  const options& opt;
  std::optional<double> mean;
};

}  // namespace kapacitor::udf::functions
