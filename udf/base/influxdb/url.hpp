#pragma once

#include <string>
#include <string_view>

namespace kapacitor {

enum class scheme { http, https, udp };

/// An address such as https://127.0.0.1:8086.
struct address {
  scheme by = scheme::http;
  std::string host;
  std::string port;
  std::string prefix;  // of the path, without a slash at its end

  std::string text() const;
  /// Whether it is this machine's, by number or as "localhost".
  bool is_local() const;
};

/// `flag` is named in the message. Errors: usage_error
address parse_url(std::string_view text, std::string_view flag);
/// The same for udp://HOST:PORT.
address parse_udp_url(std::string_view text, std::string_view flag);

/// For the query of a target: everything but letters, digits and "-._~" as %XX.
std::string percent_encoded(std::string_view text);
/// Undoes it; '+' is a space.
std::string percent_decoded(std::string_view text);
/// The value of a parameter in "a=1&b=2", decoded; empty if it is missing.
std::string parameter(std::string_view query, std::string_view name);

}  // namespace kapacitor
