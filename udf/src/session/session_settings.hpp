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
};

}  // namespace kapacitor::udf::agent
