#pragma once

#include <string>

namespace kapacitor::udf::host {

/// Connects to a UNIX socket, "@name" for an abstract one, without waiting.
/// Returns: a non-blocking socket, or -1 and errno
int connect_unix(const std::string& path);

}  // namespace kapacitor::udf::host
