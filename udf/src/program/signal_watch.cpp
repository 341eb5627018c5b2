#include "program/signal_watch.hpp"

#include <signal.h>

namespace kapacitor::udf::server {

signal_watch::signal_watch(asio::io_context& io, logger& l, supervise::supervisor& over,
                           supervise::handover& next, service_reporter& reporter)
    : set_(io, SIGTERM, SIGINT, SIGHUP),
      log_(l),
      supervisor_(over),
      handover_(next),
      reporter_(reporter) {
  wait();
  supervise::unblock_signals();
}

void signal_watch::wait() {
  set_.async_wait([this](const error_code& error, int signal) {
    if (error) return;
    if (signal != SIGHUP) return stop(signal);
    reporter_.reloading();
    log_.reopen();
    log_line("log file opened again, the program in the file takes over")
        .write(log_.sink(), log_level::info);
    supervisor_.reopen_logs();
    handover_.begin();
    wait();
  });
}

void signal_watch::stop(int signal) {
  log_line("stopping")
      .add("signal", signal == SIGTERM ? "SIGTERM" : "SIGINT")
      .write(log_.sink(), log_level::info);
  reporter_.stopping();
  error_code ignored;
  set_.clear(ignored);  // a second signal ends the process as ever
  supervisor_.stop(
      [this] { static_cast<asio::io_context&>(set_.get_executor().context()).stop(); });
}

}  // namespace kapacitor::udf::server
