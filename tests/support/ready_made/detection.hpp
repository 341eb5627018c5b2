#pragma once

#include <vector>

#include <support/ready_made/setting.hpp>

namespace kapacitor::udf::test {

inline std::vector<setting> detection_settings() {
  return {
      {.function = "outliers", .options = {{"field", {"value"}}}},
      {.function = "outlier_score", .options = {{"field", {"value"}}, {"size", {100}}}},
      {.function = "outlier_score",
       .variant = "robust",
       .options = {{"field", {"value"}}, {"method", {"robust"}}, {"size", {100}}}},
      {.function = "outlier_score",
       .variant = "tukey",
       .options = {{"field", {"value"}},
                   {"method", {"tukey"}},
                   {"size", {60}},
                   {"period", {std::chrono::minutes(1)}}}},
      {.function = "outlier_score",
       .variant = "ewma",
       .options = {{"field", {"value"}}, {"method", {"ewma"}}}},
      {.function = "outlier_score",
       .variant = "half_life",
       .options = {{"field", {"value"}},
                   {"method", {"ewma"}},
                   {"halfLife", {std::chrono::seconds(30)}}}},
  };
}

}  // namespace kapacitor::udf::test
