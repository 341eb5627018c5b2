#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "session/log_sink.hpp"
#include "wire/frame.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

struct session_settings {
  std::size_t max_message = wire::default_max_message;  // bytes, both ways, but for snapshots
  std::size_t max_snapshot = std::size_t{1} << 30;      // bytes
  task_limits limits = {};
  bool strict_restore = false;  // refuse an unusable snapshot instead of starting fresh
};

/// What a connection did so far.
struct session_totals {
  std::uint64_t points_in = 0, points_out = 0;
  std::uint64_t batches_in = 0, batches_out = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t keepalives = 0, snapshots = 0, restores = 0, refused_snapshots = 0;
  std::uint64_t points_skipped = 0;  // of points_in: had nothing for the function
  std::uint64_t non_finite_fields = 0;   // left out of emitted points
  std::uint64_t empty_points = 0;        // not emitted, for want of fields
  std::uint64_t batches_dropped = 0;     // begun by the function, never closed
  std::size_t groups = 0;
  std::uint64_t evicted_groups = 0;
};

/// One connection of Kapacitor to a function, without I/O: bytes in, bytes out.
///
///     for (;;) {
///       n = read(fd, s.prepare());           // 0: s.finish(), not s.commit(0)
///       s.commit(n);
///       do {
///         more = s.process();
///         write(fd, s.output()), s.consume_output(...);
///       } while (more);
///       if (s.closing()) break;              // everything is said
///     }
///
/// No clock, no thread, no descriptor. After an error there is an ErrorResponse in the output and
/// closing() is true; bytes that still come are ignored. Never throws but for std::bad_alloc.
/// Threads: one at a time; different sessions are independent.
class session {
 public:
  session(const function& f, const session_settings& settings, log_sink log);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Where received bytes go; room for the rest of a message that has begun, within reason.
  std::span<char> prepare();
  /// So many bytes were received.
  void commit(std::size_t n);
  /// The peer has sent everything. Call process() once more, write the output, close.
  void finish();

  /// Answers whole messages, until none is left or much output waits.
  /// Returns: true where there is more to do once the output is written.
  bool process();

  std::string_view output() const;
  void consume_output(std::size_t n);

  /// Nothing more will be answered: write the output, then close.
  bool closing() const;
  /// The connection ended by an error: of the peer, of the options or of the function.
  bool failed() const;
  /// Bytes of a message that has begun and is not complete.
  std::size_t partial_bytes() const;

  session_totals totals() const;
  const std::string& task_id() const;  // empty before Init
  const std::string& node_id() const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// The frame of an unsolicited KeepaliveResponse: "still busy".
std::string heartbeat_frame();

}  // namespace kapacitor::udf::agent
