#pragma once

#include <string>
#include <vector>

namespace kapacitor::udf::server {

/// A socket that systemd opened for us and that listens already.
struct activated_socket {
  std::string name;  // of the function
  int fd;
};

/// The sockets that systemd passed on (sd_listen_fds(3)), named by FileDescriptorName=, else by the
/// file name of their path, both without ".sock". None where the process was not started so.
///
/// Kapacitor's connections then survive a restart of the server, waiting.
std::vector<activated_socket> activated_sockets();

}  // namespace kapacitor::udf::server
