#pragma once

#include <string>
#include <string_view>

#include "base/text/log.hpp"

namespace kapacitor::udf::supervise {

/// Keeps requests that killed workers in a new file of the folder `dir`: points as Kapacitor
/// records a stream (.srpl), which `kapacitor-udf-host replay` plays; what is no point, such as a
/// snapshot, as the bytes that came, behind the Init of the connection (.requests).
///
/// Returns: the file's name; empty if it could not be written, which is logged
std::string keep_poison(const std::string& dir, const std::string& function, std::string_view init,
                        std::string_view requests, const log_sink& log);

}  // namespace kapacitor::udf::supervise
