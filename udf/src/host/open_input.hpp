#pragma once

#include <string>

namespace kapacitor::udf::host {

/// A descriptor to read from; "-": stdin. Whoever takes it closes it.
///
/// Errors: start_error that names the file
int open_input(const std::string& path);

/// Whether reading may have to wait for somebody: a pipe, a socket, a terminal.
bool can_be_waited_on(int fd);

}  // namespace kapacitor::udf::host
