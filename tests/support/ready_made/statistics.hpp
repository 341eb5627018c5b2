#pragma once

#include <vector>

#include <support/ready_made/setting.hpp>

namespace kapacitor::udf::test {

inline std::vector<setting> statistics_settings() {
  return {
      {.function = "moving_average", .options = {{"field", {"value"}}, {"size", {10}}}},
      {.function = "ewma", .options = {{"field", {"value"}}}},
      {.function = "moving_stats",
       .variant = "mean",
       .options = {{"field", {"value"}}, {"stat", {"mean"}}, {"size", {100}}}},
      {.function = "moving_stats",
       .variant = "p99",
       .options = {{"field", {"value"}}, {"stat", {"p99"}}, {"size", {100}}}},
      {.function = "moving_stats",
       .variant = "mad_of_a_period",
       .options = {{"field", {"value"}},
                   {"stat", {"mad"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
      {.function = "moving_stats",
       .variant = "slope",
       .options = {{"field", {"value"}},
                   {"stat", {"slope"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
      {.function = "moving_stats",
       .variant = "much",
       .options = {{"field", {"value"}},
                   {"field", {"value1"}},
                   {"stat", {"stddev"}},
                   {"stat", {"mean"}},
                   {"stat", {"skew"}},
                   {"stat", {"range"}},
                   {"stat", {"median"}},
                   {"stat", {"slope"}},
                   {"stat", {"count"}},
                   {"size", {50}}}},
      {.function = "correlate", .options = {{"x", {"value"}}, {"y", {"value1"}}, {"size", {100}}}},
      {.function = "correlate",
       .variant = "of_a_period",
       .options = {{"x", {"value"}},
                   {"y", {"value"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
  };
}

}  // namespace kapacitor::udf::test
