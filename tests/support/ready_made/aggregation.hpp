#pragma once

#include <chrono>
#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> aggregation_settings() {
  using std::chrono::seconds;
  const option every_ten{"every", {seconds(10)}};
  return {
      {.function = "aggregate",
       .options = {{"period", {seconds(10)}},
                   {"aggregate", {"count", "value"}},
                   {"aggregate", {"mean", "value"}},
                   {"aggregate", {"max", "value"}},
                   {"aggregate", {"stddev", "value"}}}},
      {.function = "aggregate",
       .variant = "sliding",
       .options = {{"period", {seconds(30)}},
                   {"every", {seconds(5)}},
                   {"grace", {seconds(7)}},
                   {"aggregate", {"sum", "value"}},
                   {"aggregate", {"variance", "value"}},
                   {"aggregate", {"first", "value"}},
                   {"aggregate", {"last", "value1"}},
                   {"aggregateAs", {"range", "value1", "reach"}}}},
      {.function = "aggregate",
       .variant = "filled",
       .options = {{"period", {seconds(10)}},
                   {"every", {seconds(5)}},
                   {"offset", {seconds(2)}},
                   {"fill", {"previous"}},
                   {"aggregate", {"median", "value"}},
                   {"aggregate", {"p99.9", "value1"}},
                   {"aggregate", {"count", "value"}}}},
      {.function = "aggregate",
       .variant = "by_the_clock",
       .options = {{"period", {std::chrono::hours(1)}},
                   {"timeZone", {"Europe/Berlin"}},
                   {"fill", {"zero"}},
                   {"aggregate", {"mean", "value"}}}},
      {.function = "quantile",
       .options = {{"field", {"value"}},
                   {"quantile", {0.5}},
                   {"quantile", {0.99}},
                   {"compression", {20}},
                   every_ten}},
      {.function = "quantile",
       .variant = "per_task",
       .options = {{"field", {"value"}}, {"quantile", {0.999}}, {"perTask", {}}, every_ten},
       .shared_by_groups = true},
      {.function = "quantile",
       .variant = "cumulative",
       .options = {{"field", {"value"}}, {"quantile", {0.9}}, {"cumulative", {}}, every_ten}},
      {.function = "cardinality", .options = {{"field", {"value"}}, {"precision", {6}}, every_ten}},
      {.function = "cardinality",
       .variant = "per_task",
       .options = {{"tag", {"host"}}, {"perTask", {}}, every_ten},
       .shared_by_groups = true},
      {.function = "top_k", .options = {{"field", {"value"}}, {"k", {3}}, every_ten}},
      {.function = "top_k",
       .variant = "weighted",
       .options = {{"tag", {"host"}},
                   {"weightField", {"value"}},
                   {"perTask", {}},
                   {"cumulative", {}},
                   {"valueAsField", {}},
                   {"capacity", {20}},
                   every_ten},
       .shared_by_groups = true},
  };
}

}  // namespace kapacitor::udf::test
