#include "functions/registry.hpp"

#include <utility>

#include "functions/aggregation/family.hpp"
#include "functions/detection/family.hpp"
#include "functions/enrichment/family.hpp"
#include "functions/plumbing/family.hpp"
#include "functions/prediction/family.hpp"
#include "functions/signal/family.hpp"
#include "functions/statistics/family.hpp"
#include "functions/tracking/family.hpp"

namespace kapacitor::udf::functions {

std::vector<function> all() {
  std::vector<function> result;
  const auto add = [&](std::vector<function> family, const char* name) {
    for (auto& f : family) {
      f.description.family = name;
      result.push_back(std::move(f));
    }
  };
  add(statistics_functions(), "statistics");
  add(detection_functions(), "detection");
  add(prediction_functions(), "prediction");
  add(signal_functions(), "signal");
  add(tracking_functions(), "tracking");
  add(aggregation_functions(), "aggregation");
  add(enrichment_functions(), "enrichment");
  add(plumbing_functions(), "plumbing");
  return result;
}

}  // namespace kapacitor::udf::functions
