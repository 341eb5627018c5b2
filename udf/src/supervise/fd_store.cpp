#include "supervise/fd_store.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "supervise/service_manager.hpp"

namespace kapacitor::udf::supervise {

std::string name_of_socket(const std::string& function) {
  return "socket." + function;
}
std::string name_of_connection(const std::string& function, unsigned long id) {
  return "connection." + function + "." + std::to_string(id);
}

void forget_stored(const std::string& name) {
  tell_service_manager("FDSTOREREMOVE=1\nFDNAME=" + name);
}

fd_store::fd_store(log_sink log) : log_(std::move(log)) {
  if (has_service_manager()) return;
  log_line("--fd-store: systemd did not start this program, so nobody keeps its connections")
      .write(log_, log_level::warn);
}

bool fd_store::keep(const std::string& name, const std::vector<int>& fds) const {
  const int error = tell_service_manager("FDSTORE=1\nFDNAME=" + name, fds);
  if (error == 0) return true;
  if (error != ENOENT) {
    log_line("systemd does not keep a connection")
        .add("name", name)
        .add("error", std::generic_category().message(error))
        .write(log_, log_level::error);
  }
  return false;
}

}  // namespace kapacitor::udf::supervise
