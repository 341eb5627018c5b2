#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "functions/aggregation/reports.hpp"
#include "functions/aggregation/t_digest.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Quantiles of a field over stretches of time, or since ever, in bounded memory.
///
/// Shape:  n points → a point for each stretch of `every` that is not empty, with the group's tags
/// Units:  every: time of the data
/// Cost:   O(log compression) amortised; no allocation once 4 · compression values have come;
///         about 56 bytes · compression
/// Source: t_digest.hpp
class quantile {
 public:
  struct options : report_options {
    static constexpr std::size_t most_quantiles = 32;

    std::string field;
    std::vector<double> quantiles;
    std::string as = "quantile";
    std::int64_t compression = 200;

    static udf::schema<options> describe();
    void check();

    std::vector<std::string> names;  // of the outputs, one for each quantile
    std::string name_of_count;
  };

  explicit quantile(const options& o) : options_(o), clock_(o), digest_(o.compression) {}

  void on_point(const udf::point& p, udf::emitter& out);
  void on_time(udf::timestamp now, udf::emitter& out);
  udf::timestamp earliest() const { return clock_.earliest(); }
  std::optional<udf::timestamp> newest() const { return clock_.newest(); }
  void set_back(udf::timestamp to);
  void on_finish(udf::emitter& out);

  auto state() { return std::tie(clock_, digest_); }

 private:
  void report(const report_header& like, udf::emitter& out);

  const options& options_;
  report_clock clock_;
  t_digest digest_;
};

}  // namespace kapacitor::udf::functions
