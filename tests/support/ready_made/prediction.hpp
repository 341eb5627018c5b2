#pragma once

#include <chrono>
#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> prediction_settings() {
  using namespace std::chrono_literals;
  return {
      {.function = "forecast",
       .options = {{"field", {"value"}}, {"interval", {1s}}, {"horizon", {10s}}}},
      {.function = "forecast",
       .variant = "season",
       .options = {{"field", {"value"}},
                   {"interval", {1s}},
                   {"horizon", {10s}},
                   {"season", {24s}},
                   {"damping", {0.98}},
                   {"keep", {}}}},
      {.function = "forecast",
       .variant = "multiplicative",
       .options = {{"field", {"value"}},
                   {"interval", {1s}},
                   {"season", {7s}},
                   {"seasonality", {"multiplicative"}},
                   {"atHorizon", {}}}},
      {.function = "time_to",
       .options =
           {{"field", {"value"}}, {"threshold", {100.0}}, {"period", {10s}}, {"timestamp", {}}}},
      {.function = "time_to",
       .variant = "of_100_points",
       .options = {{"field", {"value"}}, {"threshold", {100}}, {"size", {100}}}},
  };
}

}  // namespace kapacitor::udf::test
