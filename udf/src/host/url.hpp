#pragma once

#include <string>
#include <string_view>

namespace kapacitor::udf::host {

/// An InfluxDB: `http://[USER:PASSWORD@]HOST[:PORT][/PATH]`.
struct url {
  std::string host, port = "8086", path;
  std::string user, password;

  /// For messages: without user and password.
  std::string shown() const;
};

/// Errors: usage_error naming the flag
url parse_url(const std::string& flag, std::string_view text);

/// For the query of a target: everything but letters, digits and "-._~" as %XX.
std::string percent_encoded(std::string_view text);
/// Undoes it; '+' is a space.
std::string percent_decoded(std::string_view text);
/// The value of a parameter in "a=1&b=2", decoded; empty where it is missing.
std::string parameter(std::string_view query, std::string_view name);

struct host_port {
  std::string host, port;
};
/// Reads --listen "ADDR:PORT", "[::1]:PORT" or ":PORT". Errors: usage_error
host_port parse_listen(std::string_view text);

}  // namespace kapacitor::udf::host
