#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "check/rule_table.hpp"
#include "check/verdict.hpp"

namespace kapacitor::udf::host::check {

/// How one rule went with one UDF.
struct result {
  std::string_view section;
  const rule* tried = nullptr;
  outcome how = outcome::pass;
  std::string why;  // empty if it passed
  std::chrono::nanoseconds took{};
};

/// "FAIL  info-closed  it has not closed ...; kapacitord hangs at its start for ever"
std::string line_of(const result& r);
/// "31 passed, 2 failed, 1 warned, 3 skipped"
std::string summary_of(const std::vector<result>& all);
nlohmann::json json_of(const std::string& udf, const std::vector<result>& all);
/// All rules with what they demand.
std::string list_of_rules();

}  // namespace kapacitor::udf::host::check
