#include "check/rule_table.hpp"

#include <vector>

namespace kapacitor::udf::host::check {

std::span<const section> sections() {
  static const std::vector<section> all = {
      {"start-up", startup_rules()},
      {"define", define_rules()},
      {"init", init_rules()},
      {"snapshot", snapshot_rules()},
      {"snapshot", restore_rules()},
      {"keepalive", keepalive_rules()},
      {"data in", data_rules()},
      {"data in", delivery_rules()},
      {"responses", response_rules()},
      {"responses", content_rules()},
      {"errors and stop", stop_rules()},
      {"survival", survival_rules()},
      {"backpressure", backpressure_rules()},
  };
  return all;
}

}  // namespace kapacitor::udf::host::check
