#pragma once

#include <chrono>
#include <string>
#include <vector>

// The protocol between a service and systemd, its manager: sd_notify(3). It is a datagram;
// libsystemd would have to be linked by every program that uses our library.
namespace kapacitor::udf::supervise {

/// Tells systemd, if it has started this process, such as "READY=1". Returns: 0, or errno; ENOENT:
/// it has not
int tell_service_manager(const std::string& what, const std::vector<int>& fds = {});

/// Whether there is anybody to be told.
bool has_service_manager();

/// How long systemd waits for the next WATCHDOG=1 of this process (WatchdogSec=); 0: it does not.
std::chrono::microseconds watchdog_period();

}  // namespace kapacitor::udf::supervise
