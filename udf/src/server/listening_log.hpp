#pragma once

#include <string>

#include "base/text/log.hpp"
#include "server/socket_file.hpp"

namespace kapacitor::udf::server {

/// Says where functions listen, and who may connect.
class listening_log {
 public:
  listening_log(socket_access access, log_sink log);

  /// The function listens at `path`. The first time that a folder above keeps out those whom the
  /// access lets in, there is a warning as well.
  void add(const std::string& function, const std::string& path);

 private:
  const socket_access access_;
  const log_sink log_;
  bool warned_ = false;
};

}  // namespace kapacitor::udf::server
