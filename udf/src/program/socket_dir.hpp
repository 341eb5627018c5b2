#pragma once

#include <string>

namespace kapacitor::udf::server {

/// The folder of the sockets where none is given: /run/kapacitor-udf, else
/// $XDG_RUNTIME_DIR/kapacitor-udf, else kapacitor-udf-UID in the temporary directory: the first
/// that is there or can be made, and is ours to write to.
///
/// Errors: start_error where there is none
std::string default_socket_dir();

/// Errors: start_error where it is missing, no directory, or not ours to write to
void check_socket_dir(const std::string& dir);

}  // namespace kapacitor::udf::server
