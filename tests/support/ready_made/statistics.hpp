#pragma once

#include <vector>

#include <support/ready_made/setting.hpp>

namespace kapacitor::udf::test {

inline std::vector<setting> statistics_settings() {
  return {
      {.function = "moving_average", .options = {{"field", {"value"}}, {"size", {10}}}},
      {.function = "ewma", .options = {{"field", {"value"}}}},
  };
}

}  // namespace kapacitor::udf::test
