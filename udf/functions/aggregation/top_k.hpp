#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "functions/aggregation/counted_value.hpp"
#include "functions/aggregation/reports.hpp"
#include "functions/aggregation/space_saving.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The k most frequent values of a field or a tag, or those with the most of a weight, in stretches
/// of time or since ever, in bounded memory.
///
/// Shape:  n points → up to k points for each stretch of `every` that is not empty, with the
///         group's tags and the value as a tag
/// Units:  every: time of the data
/// Cost:   O(log capacity), no allocation in steady state; about 130 bytes for each counter
/// Source: space_saving.hpp
class top_k {
 public:
  struct options : report_options, counted_value_options {
    static constexpr std::int64_t most_counters = 100'000;

    std::int64_t k = 10;
    std::int64_t capacity = 0;  // 0: 10 k
    std::string weight_field;   // empty: each point weighs 1
    bool value_as_field = false;
    std::string as = "top";

    static udf::schema<options> describe();
    void check();

    std::string rank_name, count_name, error_name;
  };

  explicit top_k(const options& o) : options_(o), clock_(o), counters_(o.capacity) {}

  void on_point(const udf::point& p, udf::emitter& out);
  void on_time(udf::timestamp now, udf::emitter& out);
  udf::timestamp earliest() const { return clock_.earliest(); }
  std::optional<udf::timestamp> newest() const { return clock_.newest(); }
  void set_back(udf::timestamp to);
  void on_finish(udf::emitter& out);

  auto state() { return std::tie(clock_, counters_); }
  void check_state() const;

 private:
  double weight_of(const udf::point& p) const;
  void skip_without_weight(const udf::point& p, udf::emitter& out) const;
  void report(const report_header& like, udf::emitter& out);
  void emit(const udf::header& group, std::size_t rank, udf::emitter& out) const;

  const options& options_;
  report_clock clock_;
  space_saving counters_;
};

}  // namespace kapacitor::udf::functions
