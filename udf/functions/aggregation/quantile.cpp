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
      .required("field", &options::field, "field to take quantiles of, a number", udf::not_empty())
      .required("quantile", &options::quantiles,
                "quantile to compute, a part of 1: 0.99 is the 99th percentile",
                udf::between(0.0, 1.0))
      .output_only()
      .with(reports())
      .optional("as", &options::as, "name of the output: all fields written begin with it",
                udf::not_empty())
      .output_only()
      .optional("compression", &options::compression,
                "accuracy and memory: errors are in proportion to 1 / compression",
                udf::between(20, 10'000));
}

void quantile::options::check() {
  check_reports();
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
  if (!x) return skip_without_number(p, options_.field, out);
  if (outcome == report_clock::outcome::ends) report(report_header(p, options_), out);
  clock_.follow(stretch, p);
  digest_.add(*x);
}

void quantile::set_back(udf::timestamp to) {
  clock_.set_back(to);
  if (!options_.cumulative) digest_.clear();
}

void quantile::on_time(udf::timestamp now, udf::emitter& out) {
  if (clock_.ended_by(now)) on_finish(out);
}

void quantile::on_finish(udf::emitter& out) {
  if (!clock_.counting()) return;
  report(report_header(clock_.group(), options_), out);
  clock_.leave();
}

void quantile::report(const report_header& like, udf::emitter& out) {
  digest_.settle();
  boost::container::static_vector<udf::field, options::most_quantiles + 1> fields;
  for (std::size_t i = 0; i < options_.quantiles.size(); ++i) {
    fields.push_back({options_.names[i], digest_.quantile(options_.quantiles[i])});
  }
  fields.push_back({options_.name_of_count, digest_.count()});
  out.emit(like.header(), clock_.end(), std::span<const udf::field>(fields.data(), fields.size()));
  if (!options_.cumulative) digest_.clear();
}

}  // namespace kapacitor::udf::functions
