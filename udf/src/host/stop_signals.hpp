#pragma once

#include <csignal>
#include <functional>
#include <utility>

#include <boost/asio/signal_set.hpp>

#include "connect/asio.hpp"
#include "connect/log.hpp"

namespace kapacitor::udf::host {

/// Calls `stop` at the first SIGINT or SIGTERM, `give_up` at the second. SIGPIPE is ignored: a peer
/// that is gone shows as an error of the write.
class stop_signals {
 public:
  stop_signals(asio::io_context& io, std::function<void()> stop, std::function<void()> give_up)
      : set_(io, SIGINT, SIGTERM), stop_(std::move(stop)), give_up_(std::move(give_up)) {
    std::signal(SIGPIPE, SIG_IGN);
    wait();
  }

 private:
  void wait() {
    set_.async_wait([this](error_code error, int) {
      if (error) return;
      if (std::exchange(again_, true)) return give_up_();
      log().log(log_level::info, "stopping");
      wait();
      stop_();
    });
  }

  asio::signal_set set_;
  std::function<void()> stop_, give_up_;
  bool again_ = false;
};

}  // namespace kapacitor::udf::host
