#pragma once

#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "functions/registry.hpp"
#include "support/ready_made/aggregation.hpp"
#include "support/ready_made/detection.hpp"
#include "support/ready_made/enrichment.hpp"
#include "support/ready_made/plumbing.hpp"
#include "support/ready_made/prediction.hpp"
#include "support/ready_made/setting.hpp"
#include "support/ready_made/signal.hpp"
#include "support/ready_made/statistics.hpp"
#include "support/ready_made/tracking.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::test {

/// A ready-made function. Errors: std::invalid_argument for a name that none has
inline function ready_made(std::string_view name) {
  for (auto& f : functions::all()) {
    if (f.name == name) return f;
  }
  throw std::invalid_argument("no function " + std::string(name));
}

/// Every way in which the ready-made functions are tested and measured: each function at least
/// once.
inline std::vector<setting> ready_made_settings() {
  std::vector<setting> all;
  for (auto family :
       {statistics_settings(), detection_settings(), prediction_settings(), signal_settings(),
        tracking_settings(), aggregation_settings(), enrichment_settings(), plumbing_settings()}) {
    std::move(family.begin(), family.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace kapacitor::udf::test
