#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace kapacitor::udf::wire {

/// Gives bytes that are in memory to what else receives them from a socket.
///
/// prepare: gives room for at least one byte
/// commit:  is told how many bytes the room has got
template <class Prepare, class Commit>
void copy_received(std::string_view bytes, Prepare prepare, Commit commit) {
  while (!bytes.empty()) {
    const auto room = prepare();
    const std::size_t n = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), n);
    commit(n);
    bytes.remove_prefix(n);
  }
}

}  // namespace kapacitor::udf::wire
