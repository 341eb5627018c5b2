#pragma once

#include <string>
#include <vector>

#include "server/activation.hpp"
#include "supervise/saved_state.hpp"

namespace kapacitor::udf::supervise {

/// What systemd has kept of a process before this one, for the functions that it served: sockets,
/// and connections with their records.
///
/// Descriptors whose partner is missing are closed.
std::vector<saved_post> stored_posts(const std::vector<server::activated_socket>& all);

/// Closes its socket, and has systemd forget it.
void forget_socket(saved_post& post);
/// Closes all that is in it, and has systemd forget it.
void forget(saved_post post);

}  // namespace kapacitor::udf::supervise
