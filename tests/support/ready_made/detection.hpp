#pragma once

#include <chrono>
#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> detection_settings() {
  return {
      {.function = "anomaly", .options = {{"field", {"value"}}}},
      {.function = "anomaly",
       .variant = "explained",
       .options = {{"field", {"value"}},
                   {"sensitivity", {3.0}},
                   {"warmup", {20}},
                   {"eventPoints", {50}},
                   {"season", {std::chrono::hours(1)}},
                   {"explain", {}},
                   {"keep", {}}}},
      {.function = "anomaly",
       .variant = "only_new",
       .options = {{"field", {"value"}}, {"warmup", {30}}, {"onlyNew", {}}}},
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
      {.function = "change_point", .options = {{"field", {"value"}}}},
      {.function = "change_point",
       .variant = "page_hinkley",
       .options = {{"field", {"value"}},
                   {"method", {"page_hinkley"}},
                   {"delta", {0.5}},
                   {"changeSum", {20.0}},
                   {"forgetting", {0.999}}}},
      {.function = "change_point",
       .variant = "adwin",
       .options = {{"field", {"value"}}, {"method", {"adwin"}}}},
      {.function = "change_point",
       .variant = "adwin_clock_1",
       .options =
           {{"field", {"value"}}, {"method", {"adwin"}}, {"checkCount", {1}}, {"maxSize", {200}}}},
      {.function = "change_point",
       .variant = "only_changes",
       .options = {{"field", {"value"}}, {"warmup", {5}}, {"onlyChanges", {}}, {"keep", {}}},
       .measured = false},
      {.function = "t_test", .options = {{"field", {"value"}}, {"batches", {10}}}},
      {.function = "t_test",
       .variant = "student_freeze",
       .options = {{"field", {"value"}}, {"batches", {3}}, {"student", {}}, {"freeze", {}}},
       .measured = false},
      {.function = "ks_test", .options = {{"field", {"value"}}, {"batches", {10}}}},
      {.function = "ks_test",
       .variant = "few_points",
       .options = {{"field", {"value"}}, {"batches", {10}}, {"maxPoints", {25}}},
       .measured = false},
  };
}

}  // namespace kapacitor::udf::test
