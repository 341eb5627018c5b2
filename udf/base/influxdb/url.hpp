#pragma once

#include <string>
#include <string_view>

namespace kapacitor::inline base {

enum class scheme { http, https, udp };

/// An address such as https://127.0.0.1:8086.
struct address {
  scheme by = scheme::http;
  std::string host;
  std::string port;
  std::string prefix;  // of the path, without a slash at its end

  std::string text() const;
};

/// `flag` is named in the message. Errors: usage_error
address parse_url(std::string_view text, std::string_view flag);
/// The same for udp://HOST:PORT.
address parse_udp_url(std::string_view text, std::string_view flag);

std::string percent_encoded(std::string_view text);

}  // namespace kapacitor::inline base
