#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "run/tally.hpp"

namespace kapacitor::generator {

/// What a run came to; counted, never estimated.
struct summary {
  tally counted;
  std::chrono::nanoseconds elapsed{};
  std::uint64_t labels = 0;
  std::uint64_t connections = 1, threads = 1;
  int exit_code = 0;
  std::string error;  // why the run ended, if it had to
  std::uint64_t seed = 0;
  std::string scenario;
  std::string remark;  // what "accepted" means where that is not the usual
};

/// A few lines for a reader.
std::string to_text(const summary& s);

/// The same and more, as JSON: {..., "accounts": [{"target": ..., "generated": ...}]}; a single
/// account's numbers are at the top as well. Times: seconds; latencies: ns.
std::string to_json(const summary& s);

}  // namespace kapacitor::generator
