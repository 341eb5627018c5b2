#pragma once

#include <chrono>

#include "base/net/asio.hpp"
#include "drive/totals.hpp"

namespace kapacitor::udf::host {

/// A line on stderr now and then: points in and out per second, groups, losses. On a terminal it
/// stays in its place.
class progress {
 public:
  /// An interval of 0: none.
  progress(asio::io_context& io, std::chrono::nanoseconds interval, const totals& counts);
  void start();
  void stop();

 private:
  void tick();

  asio::steady_timer timer_;
  std::chrono::nanoseconds interval_;
  const totals& counts_;
  std::uint64_t received_ = 0, emitted_ = 0;
  bool terminal_, shown_ = false;
};

}  // namespace kapacitor::udf::host
