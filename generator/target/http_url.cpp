#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "run/error.hpp"
#include "target/http_client.hpp"

namespace kapacitor::generator {

std::string http_url::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + host + "]" : host) + ":" + port + prefix;
}

http_url parse_url(std::string_view text, std::string_view flag) {
  const auto refuse = [&](std::string_view why) {
    throw usage_error(fmt::format("{}: '{}' {}: allowed is http://HOST:PORT", flag, text, why));
  };
  constexpr std::string_view scheme = "http://";
  if (text.starts_with("https://")) refuse("asks for TLS, which is not supported");
  if (!text.starts_with(scheme)) refuse("does not begin with http://");
  auto rest = text.substr(scheme.size());
  http_url url;
  const auto slash = std::min(rest.find('/'), rest.size());
  url.prefix = rest.substr(slash);
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  rest = rest.substr(0, slash);
  if (rest.find('@') != rest.npos) refuse("holds a user, which is not supported");
  const auto bracket = rest.starts_with('[') ? rest.find(']') : rest.npos;
  const auto colon = rest.find(':', bracket == rest.npos ? 0 : bracket);
  url.host = bracket == rest.npos ? rest.substr(0, colon) : rest.substr(1, bracket - 1);
  url.port = colon == rest.npos ? "80" : rest.substr(colon + 1);
  const auto* end = url.port.data() + url.port.size();
  unsigned short number = 0;
  const auto read = std::from_chars(url.port.data(), end, number);
  if (url.host.empty()) refuse("has no host");
  if (read.ec != std::errc{} || read.ptr != end || number == 0) refuse("has no such port");
  return url;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (plain.find(c) != plain.npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace kapacitor::generator
