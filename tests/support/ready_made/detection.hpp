#pragma once

#include <vector>

#include <support/ready_made/setting.hpp>

namespace kapacitor::udf::test {

inline std::vector<setting> detection_settings() {
  return {
      {.function = "outliers", .options = {{"field", {"value"}}}},
  };
}

}  // namespace kapacitor::udf::test
