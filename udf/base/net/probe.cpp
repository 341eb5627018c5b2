#include "base/net/probe.hpp"

#include <charconv>
#include <cstdint>

#include <boost/asio/ip/tcp.hpp>

#include "base/net/asio.hpp"

namespace kapacitor {

bool nobody_listens(const std::string& host, const std::string& port) {
  asio::io_context io;
  asio::ip::tcp::socket probe(io);
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  std::uint16_t number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error || read.ec != std::errc{}) return false;
  probe.connect({address, number}, error);
  return error == asio::error::connection_refused;
}

}  // namespace kapacitor
