#pragma once

#include <functional>
#include <vector>

#include "base/options/table.hpp"
#include "base/text/log.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

/// Looks whether all is well, instead of serving. An interface of its own: programs made with
/// udf::run need none of the libraries for that.
struct examiner {
  /// Adds its options to those of the program.
  std::function<void(option_rows&)> add_options;
  /// Whether the options ask for it. Errors: usage_error if they do not go together
  std::function<bool()> wanted;
  /// Returns: the exit code of the program
  std::function<int(const std::vector<function>& all, const log_sink&)> run;
};

}  // namespace kapacitor::udf::server
