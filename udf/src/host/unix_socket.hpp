#pragma once

#include <string>

namespace kapacitor::udf::host {

/// Connects to a UNIX socket; "@name" is an abstract one.
///
/// Returns: a descriptor that does not block, or -1 and errno.
int connect_to(const std::string& path);

}  // namespace kapacitor::udf::host
