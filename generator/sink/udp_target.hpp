#pragma once

#include <functional>
#include <memory>

#include "base/delivery/target.hpp"
#include "base/influxdb/url.hpp"

namespace boost::asio {
class io_context;
}

namespace kapacitor::generator {

/// Sends datagrams of whole lines. What the kernel has taken counts as accepted: whether anybody
/// gets it, nobody tells.
///
/// Threads: one at a time
class udp_target final : public target {
 public:
  /// Of `payload` bytes at most; a longer line has a datagram of its own.
  /// Errors: usage_error if the host is unknown
  udp_target(boost::asio::io_context& io, const address& to, std::size_t payload);
  ~udp_target() override;

  /// Errors: an answer of 400 that says how many lines were too long for a datagram; status 0 if
  /// the kernel takes none now
  void send(const batch& b, std::function<void(server_answer)> done) override;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The first lines of `lines` that fit into `most` bytes together, but one line at least.
///
/// REQUIRES: `lines` is not empty and ends in a newline
std::string_view first_lines(std::string_view lines, std::size_t most);

}  // namespace kapacitor::generator
