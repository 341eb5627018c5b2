#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/aggregation/counted_value.hpp"
#include "functions/aggregation/hyperloglog.hpp"
#include "functions/aggregation/reports.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// How many different values a field or a tag has in stretches of time, or has had, in bounded
/// memory.
///
/// Shape:  n points → a point for each stretch of `every` that is not empty, with the group's tags
/// Units:  every: time of the data; precision: bits
/// Cost:   O(1), no allocation in steady state; at most 1.5 · 2^precision bytes
/// Source: hyperloglog.hpp
class cardinality {
 public:
  struct options : report_options, counted_value_options {
    std::int64_t precision = 12;
    std::string as = "cardinality";

    static udf::schema<options> describe();
    void check() {
      check_counted_value();
      check_reports();
    }
  };

  explicit cardinality(const options& o) : options_(o), clock_(o), values_(o.precision) {}

  void on_point(const udf::point& p, udf::emitter& out);
  void on_time(udf::timestamp now, udf::emitter& out);
  udf::timestamp earliest() const { return clock_.earliest(); }
  std::optional<udf::timestamp> newest() const { return clock_.newest(); }
  void set_back(udf::timestamp to);
  void on_finish(udf::emitter& out);

  auto state() { return std::tie(clock_, values_); }

 private:
  void report(const report_header& like, udf::emitter& out);

  const options& options_;
  report_clock clock_;
  hyperloglog values_;
};

}  // namespace kapacitor::udf::functions
