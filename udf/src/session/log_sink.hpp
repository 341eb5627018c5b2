#pragma once

#include <functional>
#include <string_view>

namespace kapacitor::udf::agent {

enum class log_level { trace, debug, info, warn, error };

/// Takes a finished line. The agent itself writes nowhere.
struct log_sink {
  log_level least = log_level::info;  // lines below are not even put together
  std::function<void(log_level, std::string_view)> write;

  bool takes(log_level level) const { return write && level >= least; }
};

}  // namespace kapacitor::udf::agent
