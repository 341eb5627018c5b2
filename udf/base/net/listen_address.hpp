#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kapacitor {

/// Where to listen for TCP connections.
struct listen_address {
  std::string host = "127.0.0.1";  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;          // 0: a free one

  /// "127.0.0.1:9092", "[::1]:9092"
  std::string text() const;
};

/// Reads "ADDRESS:PORT", "[::1]:PORT", "localhost:PORT" or ":PORT", which is 127.0.0.1's.
///
/// Errors: usage_error, without the name of a flag
listen_address parse_listen_address(std::string_view text);

}  // namespace kapacitor
