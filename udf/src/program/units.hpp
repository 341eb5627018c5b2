#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "session/log_sink.hpp"

// Values of flags and of the configuration file, from text.
// Errors: start_error "must be ..., got ...", to which the caller adds the name of the flag.
namespace kapacitor::udf::server {

/// A whole number from `least` to `most`.
std::uint64_t parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);
/// Bytes: `65536`, `64KiB`, `16MiB`, `1GiB`, `500kB`, `2MB`.
std::size_t parse_size(std::string_view text);
/// A duration: `500ms`, `30s`, `5m`, `1h30m`.
std::chrono::milliseconds parse_duration(std::string_view text);
/// The permissions of a file, octal: `0660`.
mode_t parse_mode(std::string_view text);
agent::log_level parse_level(std::string_view text);

}  // namespace kapacitor::udf::server
