#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kapacitor::udf::host {

/// The snapshot kept in a file; nothing if there is no such file, no name or it is empty.
/// Errors: start_error if it cannot be read
std::optional<std::string> load_snapshot(const std::string& file);

/// Replaces the file by a new snapshot: at any time there is the old one or the new one, whole.
/// Errors: std::runtime_error naming the file
void save_snapshot(const std::string& file, std::string_view snapshot);

}  // namespace kapacitor::udf::host
