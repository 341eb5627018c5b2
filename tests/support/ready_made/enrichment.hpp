#pragma once

#include <vector>

#include <support/ready_made/setting.hpp>

namespace kapacitor::udf::test {

inline std::vector<setting> enrichment_settings() {
  return {

  };
}

}  // namespace kapacitor::udf::test
