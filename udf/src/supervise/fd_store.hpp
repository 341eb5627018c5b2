#pragma once

#include <string>
#include <vector>

#include "base/text/log.hpp"

namespace kapacitor::udf::supervise {

/// What systemd keeps for the process that it starts if this one dies: descriptors by name
/// (sd_notify(3), FDSTORE). Needs FileDescriptorStoreMax= in the unit.
class fd_store {
 public:
  /// Errors: none; without systemd nothing is kept, which is logged
  explicit fd_store(log_sink log);

  /// All of them or none. Returns: whether they are on their way
  bool keep(const std::string& name, const std::vector<int>& fds) const;

 private:
  const log_sink log_;
};

/// Has systemd forget what it keeps under that name.
void forget_stored(const std::string& name);

/// Names of what is kept.
std::string name_of_socket(const std::string& function);
std::string name_of_connection(const std::string& function, unsigned long id);

}  // namespace kapacitor::udf::supervise
