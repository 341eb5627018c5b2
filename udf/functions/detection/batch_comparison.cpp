#include "functions/detection/batch_comparison.hpp"

#include <cmath>
#include <span>
#include <utility>

#include <boost/container/static_vector.hpp>

namespace kapacitor::udf::functions {

void batch_test_options::make_names() {
  statistic = as + "_statistic";
  p = as + "_p";
  significant = as + "_significant";
  mean = as + "_mean";
  reference_mean = as + "_reference_mean";
  n = as + "_n";
}

void batch_verdict::send(const batch_test_options& o, const udf::batch_end& end,
                         udf::emitter& out) const {
  boost::container::static_vector<udf::field, 6> fields;
  const auto add = [&](const std::string& name, const std::optional<double>& x) {
    if (x && std::isfinite(*x)) fields.push_back({name, *x});
  };
  add(o.statistic, statistic);
  add(o.p, p);
  fields.push_back({o.significant, significant(o)});
  add(o.mean, mean);
  add(o.reference_mean, reference_mean);
  fields.push_back({o.n, static_cast<std::int64_t>(n)});
  if (n < least_tested_values) out.note(udf::reason::too_few, o.field);
  out.emit(end, std::span<const udf::field>(fields.data(), fields.size()));
}

}  // namespace kapacitor::udf::functions
