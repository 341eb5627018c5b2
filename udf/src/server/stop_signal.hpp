#pragma once

#include <signal.h>

namespace kapacitor::udf::server {

/// SIGTERM and SIGINT as something to wait for. One at a time in a process.
class stop_signal {
 public:
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  bool given() const;
  /// Can be read once it is given.
  int fd() const;

 private:
  struct sigaction old_term_ {
  }, old_int_{};
};

}  // namespace kapacitor::udf::server
