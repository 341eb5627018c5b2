#pragma once

#include <string>
#include <string_view>

#include "base/text/log.hpp"

namespace kapacitor::udf::supervise {

/// Keeps requests that killed workers, behind the Init of their connection, in a new file of `dir`
/// that `kapacitor-udf-host replay` plays. Returns: its name; empty if it could not be written,
/// which is logged, or if `dir` is empty
std::string keep_poison(const std::string& dir, const std::string& function, std::string_view init,
                        std::string_view requests, const log_sink& log);

}  // namespace kapacitor::udf::supervise
