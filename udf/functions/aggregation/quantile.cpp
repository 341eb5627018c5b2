#include "functions/aggregation/quantile.hpp"

#include <algorithm>
#include <cstdio>

#include <boost/container/static_vector.hpp>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

/// p99 of 0.99, p99_9 of 0.999: a name that needs no quotes.
std::string percentile_name(double q) {
  char text[32];
  std::snprintf(text, sizeof text, "p%.10g", 100 * q);
  std::string name = text;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-' || c == '+'; }, '_');
  return name;
}

}  // namespace

udf::schema<quantile::options> quantile::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to look at, a number", udf::not_empty())
      .required("quantile", &options::quantiles,
                "which quantile, a part of 1: 0.99 is the 99th percentile", udf::between(0.0, 1.0))
      .with(reports())
      .optional("as", &options::as, "what the names of the fields to write to begin with",
                udf::not_empty())
      .optional("compression", &options::compression,
                "accuracy and memory: errors are in proportion to 1 / compression",
                udf::between(20, 10'000));
}

void quantile::options::check() {
  if (quantiles.size() > most_quantiles) {
    throw udf::option_error("at most " + std::to_string(most_quantiles) +
                            " quantiles are possible, got " + std::to_string(quantiles.size()));
  }
  name_of_count = as + "_count";
  for (const double q : quantiles) {
    const auto name = as + "_" + percentile_name(q);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw udf::option_error("two quantiles would be named '" + name + "': each only once");
    }
    names.push_back(name);
  }
}

void quantile::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  const auto stretch = clock_.stretch_of(p);
  const auto outcome = clock_.look(stretch);
  if (!x || outcome == report_clock::outcome::late) return out.skip();
  if (outcome == report_clock::outcome::ends) report(p, out);
  clock_.follow(stretch);
  digest_.add(*x);
}

void quantile::report(const udf::point& p, udf::emitter& out) {
  digest_.settle();
  boost::container::static_vector<udf::field, options::most_quantiles + 1> fields;
  for (std::size_t i = 0; i < options_.quantiles.size(); ++i) {
    fields.push_back({options_.names[i], digest_.quantile(options_.quantiles[i])});
  }
  fields.push_back({options_.name_of_count, digest_.count()});
  const report_header like(p, options_);
  out.emit(like.header(), clock_.end(), std::span<const udf::field>(fields.data(), fields.size()));
  if (!options_.cumulative) digest_.clear();
}

udf::description quantile::describe() {
  return {
      .computes =
          "Quantiles of all numbers of a field in each stretch of time [n · `every`, (n + 1) · "
          "`every`) since 1970-01-01 UTC; with `cumulative` of all since the task began; with "
          "`perTask` of all groups together. By a t-digest: means of values that lie next to each "
          "other, each of at most π √(q (1 − q)) / `compression` of all values at the quantile q. "
          "Up to 4 · `compression` values the answer is exact (interpolated linearly between "
          "ranks, as NumPy and Excel do). Beyond, the answer lies among "
          "the values of the means next to its rank. For continuous values, at random or in order, "
          "its rank was off by at most 0.4 % of all values at the median, 0.08 % at 0.99 and 0.025 "
          "% at 0.999 with the default of 200; for values of very different magnitudes, or of few "
          "kinds, by several times that.",
      .outputs = {{"`as`_p50, `as`_p99_9 ...", "double",
                   "the quantile, named by its percentile, in the field's unit"},
                  {"`as`_count", "int", "how many numbers there were"}},
      .times =
          "The emitted point has the stretch's end as its time and the group's tags only. It is "
          "emitted when the first point at or beyond the end comes; stretches without points emit "
          "nothing. Points older than the stretch at hand pass by, with `cumulative` they count.",
      .cost =
          "O(log `compression`) amortised; once each `every` O(`compression` · log "
          "`compression`)",
      .state =
          "96 bytes; 8 more for each number up to 4 · `compression`, and when those have "
          "come 24 · `compression` in all beyond (11 kB by default); in the snapshot 21 bytes "
          "and the same",
      .source = "Dunning, Ertl, “Computing extremely accurate quantiles using t-digests” (2019)",
  };
}

}  // namespace kapacitor::udf::functions
