#pragma once

#include <chrono>
#include <vector>

#include <support/ready_made/setting.hpp>

namespace kapacitor::udf::test {

inline std::vector<setting> statistics_settings() {
  using namespace std::chrono_literals;
  return {
      {.function = "moving_average", .options = {{"field", {"value"}}, {"size", {10}}}},
      {.function = "ewma", .options = {{"field", {"value"}}}},
      {.function = "ewma",
       .variant = "bands",
       .options = {{"field", {"value"}}, {"span", {20}}, {"stddev", {}}, {"bands", {3.0}}}},
      {.function = "ewma",
       .variant = "half_life",
       .options = {{"field", {"value"}}, {"halfLife", {5s}}, {"bands", {3.0}}}},
  };
}

}  // namespace kapacitor::udf::test
