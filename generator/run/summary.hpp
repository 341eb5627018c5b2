#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "delivery/delivery.hpp"
#include "run/feed.hpp"

namespace kapacitor::generator {

/// What a run came to; counted, never estimated.
struct summary {
  account points;
  std::chrono::nanoseconds elapsed{};
  std::int64_t ticks_skipped = 0;
  std::uint64_t labels = 0;
  histogram lateness, service_time, time_from_schedule;
  int exit_code = 0;
  std::string error;  // why the run ended, if it had to
  std::uint64_t seed = 0;
  std::string scenario;
  std::string target;
};

/// A few lines for a reader.
std::string to_text(const summary& s);

/// The same and more, as JSON. Times: seconds; latencies: ns.
std::string to_json(const summary& s);

}  // namespace kapacitor::generator
