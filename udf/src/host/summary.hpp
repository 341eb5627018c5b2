#pragma once

#include <chrono>
#include <string>

#include "drive/totals.hpp"

namespace kapacitor::udf::host {

/// How a run ended.
struct outcome {
  std::string command;   // "run", "replay", "record"
  std::string function;  // empty for record
  std::chrono::nanoseconds took{};
  std::string error, rule;  // empty: it went well
  int exit_code = 0;        // 0: by the error and the points lost
};

/// For people: a few lines.
std::string summary_text(const totals& t, const outcome& o);
/// For scripts: one JSON object. Stable: members may be added, none changes its meaning.
std::string summary_json(const totals& t, const outcome& o);
/// "-": stdout. Returns: empty, or why it cannot be written
std::string write_summary(const std::string& file, const totals& t, const outcome& o);

}  // namespace kapacitor::udf::host
