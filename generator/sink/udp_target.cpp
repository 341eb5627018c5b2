#include "sink/udp_target.hpp"

#include <utility>

#include <boost/asio/ip/udp.hpp>
#include <fmt/format.h>

#include "base/line/line_end.hpp"
#include "base/net/asio.hpp"
#include "base/text/error.hpp"

namespace kapacitor::generator {

using asio::ip::udp;

struct udp_target::state {
  udp::socket socket;
  udp::endpoint to;
  std::size_t payload;

  error_code send(std::string_view datagram) {
    error_code error;
    // Not connected: the refusal of an earlier datagram is no error of this one.
    socket.send_to(asio::buffer(datagram.data(), datagram.size()), to, 0, error);
    return error;
  }
};

udp_target::udp_target(asio::io_context& io, const address& to, std::size_t payload)
    : state_(new state{udp::socket(io), {}, payload}) {
  error_code error;
  const auto found = udp::resolver(io).resolve(to.host, to.port, error);
  if (error || found.empty()) throw usage_error("--url: " + to.text() + ": " + error.message());
  state_->to = *found.begin();
  state_->socket.open(state_->to.protocol(), error);
  if (error) throw usage_error("--url: " + to.text() + ": " + error.message());
}

udp_target::~udp_target() = default;

void udp_target::send(const batch& b, std::function<void(server_answer)> done) {
  server_answer a{204};
  std::size_t too_long = 0;
  for (auto left = b.lines; !left.empty();) {
    const auto datagram = first_lines(left, state_->payload);
    const auto error = state_->send(datagram);
    if (error == asio::error::message_size) {
      ++too_long;
    } else if (error) {
      return done({0, error.message()});
    } else {
      a.wire_bytes += datagram.size();
    }
    left.remove_prefix(datagram.size());
  }
  if (too_long > 0) {
    a.status = 400;
    a.message = fmt::format("partial write: too long for a datagram dropped={}", too_long);
  }
  done(std::move(a));
}

std::string_view first_lines(std::string_view lines, std::size_t most) {
  if (lines.size() <= most) return lines;
  // The first line goes even if it is too long by itself.
  auto size = end_of_line(lines, 0) + 1;
  for (auto next = size; next <= most && next < lines.size();) {
    next = end_of_line(lines, size) + 1;
    if (next <= most) size = next;
  }
  return lines.substr(0, size);
}

}  // namespace kapacitor::generator
