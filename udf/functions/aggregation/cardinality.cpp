#include "functions/aggregation/cardinality.hpp"

#include <algorithm>
#include <cmath>

#include "functions/aggregation/value_hash.hpp"

namespace kapacitor::udf::functions {

udf::schema<cardinality::options> cardinality::options::describe() {
  return udf::schema<options>{}
      .with(counted_value())
      .with(reports())
      .optional("precision", &options::precision,
                "2^precision registers of a byte each; the error is 1.04 / √(2^precision)",
                udf::between(4, 16))
      .optional("as", &options::as, "name of the output: the count", udf::not_empty())
      .output_only();
}

void cardinality::on_point(const udf::point& p, udf::emitter& out) {
  const auto value = value_to_count(p, options_);
  const auto stretch = clock_.stretch_of(p);
  const auto outcome = clock_.look(stretch);
  if (!value) return skip_without_value(p, options_, out);
  if (outcome == report_clock::outcome::ends) report(report_header(p, options_), out);
  clock_.follow(stretch, p);
  values_.add(hash_of(*value));
}

void cardinality::set_back(udf::timestamp to) {
  clock_.set_back(to);
  if (!options_.cumulative) values_.clear();
}

void cardinality::on_time(udf::timestamp now, udf::emitter& out) {
  if (clock_.ended_by(now)) on_finish(out);
}

void cardinality::on_finish(udf::emitter& out) {
  if (!clock_.counting()) return;
  report(report_header(clock_.group(), options_), out);
  clock_.leave();
}

void cardinality::report(const report_header& like, udf::emitter& out) {
  // A forged snapshot may have more than an int holds.
  const double count = std::min(std::round(values_.estimate()), 0x1p62);
  out.emit(like.header(), clock_.end(), {{options_.as, static_cast<std::int64_t>(count)}});
  if (!options_.cumulative) values_.clear();
}

}  // namespace kapacitor::udf::functions
