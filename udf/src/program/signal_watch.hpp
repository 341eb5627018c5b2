#pragma once

#include <boost/asio/signal_set.hpp>

#include "base/net/asio.hpp"
#include "base/text/logger.hpp"
#include "program/service_reporter.hpp"
#include "supervise/handover.hpp"
#include "supervise/supervisor.hpp"

namespace kapacitor::udf::server {

/// The signals of a supervisor, until it is told to end: SIGTERM and SIGINT stop it, SIGHUP has the
/// program in the file take over.
class signal_watch {
 public:
  signal_watch(asio::io_context& io, logger& l, supervise::supervisor& over,
               supervise::handover& next, service_reporter& reporter);

 private:
  void wait();
  void stop(int signal);

  boost::asio::signal_set set_;
  logger& log_;
  supervise::supervisor& supervisor_;
  supervise::handover& handover_;
  service_reporter& reporter_;
};

}  // namespace kapacitor::udf::server
