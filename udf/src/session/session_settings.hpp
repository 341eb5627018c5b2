#pragma once

#include <cstddef>

#include "wire/frame.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

struct session_settings {
  std::size_t max_message = wire::default_max_message;  // bytes, both ways, but for snapshots
  std::size_t max_snapshot = std::size_t{1} << 30;      // bytes
  task_limits limits = {};
  bool strict_restore = false;  // refuse an unusable snapshot instead of starting fresh
  // By a supervisor: it tells the time in requests, so that the same requests always give the same
  // answers. There is no other clock then.
  bool supervised = false;
};

}  // namespace kapacitor::udf::agent
