#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "server/channel.hpp"

namespace kapacitor::udf::server {

/// Where a connection's answers go out, and the watchdog's heartbeats between them.
///
/// Threads: any; a heartbeat never waits for a writer, nor makes it wait.
class reply_writer {
 public:
  explicit reply_writer(const channel& c) : channel_(c) {}
  reply_writer(const reply_writer&) = delete;
  reply_writer& operator=(const reply_writer&) = delete;

  struct result {
    std::size_t written;
    int error;  // errno; EAGAIN where the rest must wait
  };
  /// Writes whole frames, as much as goes now. No heartbeat goes out before the rest is written.
  result write(std::string_view frames);

  /// From now on it matters whether anything is written.
  void watch();
  /// Writes a heartbeat where nothing was written since watch(), and where that can be done now,
  /// between frames.
  void send_heartbeat(std::string_view frame);

  /// Who this is, for the log: "function=... task=... node=...".
  void set_label(std::string label);
  std::string label() const;

 private:
  result write_all(std::string_view bytes);

  mutable std::mutex mutex_;
  const channel& channel_;
  bool between_frames_ = true;
  bool silent_ = true;
  std::string rest_;  // of a heartbeat that went out in part
  std::string label_;
};

}  // namespace kapacitor::udf::server
