#pragma once

#include <chrono>
#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> tracking_settings() {
  using namespace std::chrono_literals;
  const option field{"field", {"value"}};
  const option warn{"level", {"warn", 26.0}}, crit{"level", {"crit", 70.0}};
  return {
      {.function = "rate", .options = {field}},
      {.function = "rate",
       .variant = "window_of_points",
       .options = {field, {"size", {20}}, {"wrap", {64}}}},
      {.function = "rate",
       .variant = "window_of_time",
       .options = {field, {"method", {"increase"}}, {"period", {30s}}, {"maxGap", {20s}}}},
      {.function = "rate",
       .variant = "derivative",
       .options = {field, {"method", {"derivative"}}, {"size", {5}}, {"unit", {1min}}}},
      {.function = "rate",
       .variant = "doubting",
       .options = {field, {"maxRate", {40.0}}},
       .measured = false},
      {.function = "state", .options = {field, warn, crit, {"hysteresis", {1.0}}}},
      {.function = "state",
       .variant = "flapping",
       .options = {field,
                   warn,
                   crit,
                   {"minPoints", {2}},
                   {"minDuration", {1s}},
                   {"changesWithin", {1min}},
                   {"flapping", {5}}}},
      {.function = "state",
       .variant = "of_values",
       .options = {field, {"changesWithin", {10s}}},
       .measured = false},  // doubles, which the measured streams have, are no states
  };
}

}  // namespace kapacitor::udf::test
