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
                "2^precision registers of a byte; the error is 1.04 / √(2^precision)",
                udf::between(4, 16))
      .optional("as", &options::as, "field to write the count to", udf::not_empty());
}

void cardinality::on_point(const udf::point& p, udf::emitter& out) {
  const auto value = value_to_count(p, options_);
  const auto stretch = clock_.stretch_of(p);
  const auto outcome = clock_.look(stretch);
  if (!value || outcome == report_clock::outcome::late) return out.skip();
  if (outcome == report_clock::outcome::ends) report(p, out);
  clock_.follow(stretch);
  values_.add(hash_of(*value));
}

void cardinality::report(const udf::point& p, udf::emitter& out) {
  const report_header like(p, options_);
  // A forged snapshot may have more than an int holds.
  const double count = std::min(std::round(values_.estimate()), 0x1p62);
  out.emit(like.header(), clock_.end(), {{options_.as, static_cast<std::int64_t>(count)}});
  if (!options_.cumulative) values_.clear();
}

udf::description cardinality::describe() {
  return {
      .computes =
          "How many different values a field or a tag has in each stretch of time [n · `every`, "
          "(n + 1) · `every`) since 1970-01-01 UTC; with `cumulative` since the task began; with "
          "`perTask` in all groups together. By HyperLogLog with 2^`precision` registers: exact "
          "up to 2^`precision` / 16 values, beyond with a standard error of 1.04 / "
          "√(2^`precision`): 1.6 % with the default of 12, 0.4 % with 16. An int and a double of "
          "the same number are one value, the text of a number is another; a tag without text is "
          "none.",
      .outputs = {{"`as`", "int", "different values"}},
      .times =
          "The emitted point has the stretch's end as its time and the group's tags only. It is "
          "emitted when the first point at or beyond the end comes; stretches without points emit "
          "nothing. Points older than the stretch at hand pass by, with `cumulative` they count.",
      .cost =
          "O(1); up to 2^`precision` / 16 values O(their number) for a new one; once each "
          "`every` O(2^`precision`)",
      .state =
          "88 bytes; 8 more for each value up to 2^`precision` / 16, then 1.5 · "
          "2^`precision` in all (6 kB by default); in the snapshot 11 bytes and the values, "
          "or 2^`precision`",
      .source =
          "Flajolet, Fusy, Gandouet, Meunier, “HyperLogLog” (2007); estimator: Ertl, “New "
          "cardinality estimation algorithms for HyperLogLog sketches” (2017)",
  };
}

}  // namespace kapacitor::udf::functions
