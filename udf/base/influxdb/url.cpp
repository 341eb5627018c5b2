#include "base/influxdb/url.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "base/net/asio.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

constexpr std::string_view schemes[] = {"http://", "https://", "udp://"};
constexpr std::string_view default_ports[] = {"80", "443", ""};

/// A text that is taken apart, and how it was to be.
struct parsing {
  std::string_view text, flag, allowed;

  [[noreturn]] void refuse(std::string_view why) const {
    throw usage_error(fmt::format("{}: \"{}\" {}: allowed is {}", flag, text, why, allowed));
  }
};

std::string_view scheme_text(scheme s) {
  return schemes[static_cast<std::size_t>(s)];
}

void split_port(address& u, std::string_view text, const parsing& p) {
  const auto bracket = text.starts_with('[') ? text.find(']') : text.npos;
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  u.host = bracket == text.npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
  u.port =
      colon == text.npos ? default_ports[static_cast<std::size_t>(u.by)] : text.substr(colon + 1);
  const auto* end = u.port.data() + u.port.size();
  unsigned short number = 0;
  const auto read = std::from_chars(u.port.data(), end, number);
  if (u.host.empty()) p.refuse("has no host");
  if (read.ec != std::errc{} || read.ptr != end || number == 0) p.refuse("has no such port");
}

address parse_after_scheme(scheme by, const parsing& p) {
  address u;
  u.by = by;
  const auto rest = p.text.substr(scheme_text(by).size());
  const auto slash = std::min(rest.find('/'), rest.size());
  u.prefix = rest.substr(slash);
  while (u.prefix.ends_with('/')) u.prefix.pop_back();
  const auto authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos) {
    // Not repeated: what stands there may be a password.
    throw usage_error(fmt::format(
        "{}: a user does not belong into an address: use --user with --password-file or "
        "INFLUX_PASSWORD, or --token-file or INFLUX_TOKEN",
        p.flag));
  }
  split_port(u, authority, p);
  return u;
}

}  // namespace

std::string address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(scheme_text(by)) + (v6 ? "[" + host + "]" : host) + ":" + port + prefix;
}

bool address::is_local() const {
  if (host == "localhost") return true;
  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  return !error && ip.is_loopback();
}

address parse_url(std::string_view text, std::string_view flag) {
  const parsing p{text, flag, "http://HOST:PORT or https://HOST:PORT"};
  for (const auto by : {scheme::http, scheme::https}) {
    if (text.starts_with(scheme_text(by))) return parse_after_scheme(by, p);
  }
  p.refuse("does not begin with http:// or https://");
}

address parse_udp_url(std::string_view text, std::string_view flag) {
  const parsing p{text, flag, "udp://HOST:PORT"};
  if (!text.starts_with(scheme_text(scheme::udp))) p.refuse("does not begin with udp://");
  auto u = parse_after_scheme(scheme::udp, p);
  if (!u.prefix.empty()) p.refuse("has a path");
  return u;
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

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const auto* digits = text.data() + i + 1;
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    if (escape) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    if (percent_decoded(pair.substr(0, equals)) == name) {
      return equals < pair.size() ? percent_decoded(pair.substr(equals + 1)) : std::string();
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

}  // namespace kapacitor
