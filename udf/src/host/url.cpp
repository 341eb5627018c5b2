#include "host/url.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && after == text.data() + text.size() && port <= 65535;
}

// "host", "host:port", "[v6]:port"; the port stays as it is where there is none.
bool split_authority(std::string_view text, std::string& host, std::string& port) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return false;
    host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    host = text.substr(0, colon);
    text.remove_prefix(colon);
  }
  if (text.empty()) return true;
  port = text.substr(1);
  return text.front() == ':' && is_port(port);
}

}  // namespace

std::string url::shown() const {
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("http://{}:{}{}", v6 ? "[" + host + "]" : host, port, path);
}

url parse_url(const std::string& flag, std::string_view text) {
  const auto refuse = [&](const char* why) {
    return usage_error(fmt::format("{}: {}; write such as http://127.0.0.1:8086", flag, why));
  };
  if (text.starts_with("https://")) throw refuse("https is not supported");
  if (text.starts_with("http://")) text.remove_prefix(7);
  if (text.find("://") != std::string_view::npos) throw refuse("it is no http:// URL");
  url parsed;
  const auto slash = std::min(text.find('/'), text.size());
  auto authority = text.substr(0, slash);
  parsed.path = text.substr(slash);
  while (parsed.path.ends_with('/')) parsed.path.pop_back();
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto login = authority.substr(0, at);
    const auto colon = std::min(login.find(':'), login.size());
    parsed.user = percent_decoded(login.substr(0, colon));
    if (colon < login.size()) parsed.password = percent_decoded(login.substr(colon + 1));
    authority.remove_prefix(at + 1);
  }
  if (!split_authority(authority, parsed.host, parsed.port)) throw refuse("its port is no number");
  if (parsed.host.empty()) throw refuse("it has no host");
  return parsed;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
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

host_port parse_listen(std::string_view text) {
  host_port parsed;
  if (!split_authority(text, parsed.host, parsed.port) || parsed.port.empty()) {
    throw usage_error(
        fmt::format("--listen: \"{}\" is no address; write such as 127.0.0.1:9092", text));
  }
  if (parsed.host.empty()) parsed.host = "127.0.0.1";
  if (parsed.host == "localhost") parsed.host = "127.0.0.1";
  return parsed;
}

}  // namespace kapacitor::udf::host
