#pragma once

#include <functional>
#include <string_view>

namespace kapacitor::inline base {

enum class log_level { trace, debug, info, warn, error, off };

/// Where a part says what happened; called from the part's own thread.
using log_fn = std::function<void(log_level, std::string_view)>;

}  // namespace kapacitor::inline base
