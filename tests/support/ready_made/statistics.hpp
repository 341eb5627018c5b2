#pragma once

#include <chrono>
#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> statistics_settings() {
  using namespace std::chrono_literals;
  return {
      {.function = "moving_average", .options = {{"field", {"value"}}, {"size", {10}}}},
      {.function = "ewma", .options = {{"field", {"value"}}}},
      {.function = "moving_stats",
       .variant = "mean",
       .options = {{"field", {"value"}}, {"statistic", {"mean"}}, {"size", {100}}}},
      {.function = "moving_stats",
       .variant = "p99",
       .options = {{"field", {"value"}}, {"statistic", {"p99"}}, {"size", {100}}}},
      {.function = "moving_stats",
       .variant = "mad_of_a_period",
       .options = {{"field", {"value"}},
                   {"statistic", {"mad"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
      {.function = "moving_stats",
       .variant = "slope",
       .options = {{"field", {"value"}},
                   {"statistic", {"slope"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
      {.function = "moving_stats",
       .variant = "much",
       .options = {{"field", {"value"}},
                   {"field", {"value1"}},
                   {"statistic", {"stddev"}},
                   {"statistic", {"mean"}},
                   {"statistic", {"skew"}},
                   {"statistic", {"range"}},
                   {"statistic", {"median"}},
                   {"statistic", {"slope"}},
                   {"statistic", {"count"}},
                   {"size", {50}}}},
      {.function = "correlate", .options = {{"x", {"value"}}, {"y", {"value1"}}, {"size", {100}}}},
      {.function = "correlate",
       .variant = "of_a_period",
       .options = {{"x", {"value"}},
                   {"y", {"value"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
      {.function = "ewma",
       .variant = "bands",
       .options = {{"field", {"value"}}, {"span", {20}}, {"stddev", {}}, {"bands", {3.0}}}},
      {.function = "ewma",
       .variant = "half_life",
       .options = {{"field", {"value"}}, {"halfLife", {5s}}, {"bands", {3.0}}}},
  };
}

}  // namespace kapacitor::udf::test
