#include "base/net/listen_address.hpp"

#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "base/net/asio.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

std::string host_of(std::string_view text) {
  if (text.empty() || text == "localhost") return "127.0.0.1";
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  return read.ec == std::errc{} && read.ptr == end;
}

}  // namespace

std::string listen_address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("{}:{}", v6 ? "[" + host + "]" : host, port);
}

listen_address parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  listen_address parsed;
  if (colon != text.npos) {
    parsed.host = host_of(text.substr(0, colon));
    error_code error;
    asio::ip::make_address(parsed.host, error);
    if (!error && read_port(text.substr(colon + 1), parsed.port)) return parsed;
  }
  throw usage_error(
      fmt::format("\"{}\" is no address to listen on: allowed are such as 127.0.0.1:9092, "
                  "[::1]:9092 and :0, a free port",
                  text));
}

}  // namespace kapacitor
