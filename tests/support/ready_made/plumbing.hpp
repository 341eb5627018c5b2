#pragma once

#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> plumbing_settings() {
  return {
      {.function = "identity", .forwards = true},
      {.function = "identity_batch", .forwards = true},
  };
}

}  // namespace kapacitor::udf::test
