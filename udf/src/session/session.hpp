#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text/log.hpp"
#include "session/response_writer.hpp"
#include "session/session_log.hpp"
#include "session/session_settings.hpp"
#include "session/snapshot_answers.hpp"
#include "session/sweep.hpp"
#include "session/totals.hpp"
#include "wire/frame.hpp"
#include "wire/message_numbers.hpp"
#include "wire/receive_buffer.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

/// What a session is at, for a report of a crash.
struct work_place {
  std::string_view function, task_id, node_id, group;  // task: empty before Init
  std::uint64_t frame;  // the number of the request in its connection: the first one is 1
  bool saves;           // a snapshot is being taken
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
/// No clock, no thread, no descriptor: advance() tells the time, or the peer if it is a supervisor
/// (session_settings). After an error there is an ErrorResponse in the output and closing() is
/// true; bytes that still come are ignored. Never throws but for std::bad_alloc; with a supervisor,
/// also if it is the function that gets no memory: another worker may have it. Threads: one at a
/// time; different sessions are independent.
class session {
 public:
  /// Lifetime: the function must outlive the session.
  session(const function& f, const session_settings& settings, log_sink log);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Where received bytes go; room for the rest of a message that has begun, within reason.
  std::span<char> prepare();
  /// `n` bytes were received.
  void commit(std::size_t n) {
    in_.commit(n);
    writer_.totals().bytes_in += n;
  }
  /// The peer has sent everything. Call process() until it returns false, write the output, close.
  void finish() { finished_ = true; }
  /// The wall clock says `now`. Call process() then, if wants_time(); inside a batch, and while the
  /// output waits, the function learns it later.
  void advance(timestamp now) {
    if (task_) task_->tell_time(now);
    if (wants_time()) sweep_.begin_time(now);
  }
  /// Whether the function asks for the time; false before Init, and if the peer tells it.
  bool wants_time() const { return !settings_.supervised && task_ && hears_time(); }

  /// Answers whole messages, until none is left or the output has grown large.
  /// Returns: whether there is more to do once the output is written.
  bool process();

  std::string_view output() const {
    return writer_.out().empty() ? snapshots_.large().view() : writer_.out().view();
  }
  void consume_output(std::size_t n);

  /// Nothing more will be answered: write the output, then close.
  bool closing() const { return closing_; }
  /// The connection ended by an error: of the peer, of the options or of the function.
  bool failed() const { return failed_; }
  /// Bytes of a message that has begun and is not complete.
  std::size_t partial_bytes() const { return in_.readable().size(); }

  session_totals totals() const;
  /// The same when the last snapshot was taken; all 0 before the first one.
  const session_totals& totals_of_snapshot() const { return totals_of_snapshot_; }
  /// The time of the point that came last, ns since 1970; 0 before the first one.
  std::int64_t newest() const;
  /// From now on somebody looks at the points, or nobody does (nullptr).
  void show_to(point_watch* w) { writer_.show_to(w); }
  const std::string& task_id() const { return log_.task_id; }  // empty before Init
  const std::string& node_id() const { return log_.node_id; }
  /// In the middle of process(), by a signal handler of the same thread: takes no lock or memory.
  work_place place() const noexcept;

 private:
  void take_messages();
  std::optional<wire::frame> any_frame();
  bool may_be_restore() const;
  void handle(std::string_view message);
  void handle_any(std::string_view message);
  void handle_data(wire::message_kind kind, std::string_view body);
  void handle_management(wire::message_kind kind, std::string_view body);
  void manage(wire::message_kind kind, std::string_view body);
  void handle_batch_begin(std::string_view body);
  void handle_batch_end(std::string_view body);
  void handle_point(std::string_view body);
  void handle_init(std::string_view body);
  void refuse_init(const std::string& problem);
  void handle_snapshot();
  void handle_restore(std::string_view body);
  void handle_time(std::string_view body);
  void ask_for_time();
  bool hears_time() const { return task_->wants_time() || task_->forgets(); }
  bool sweep_may_go_on() const;
  void run_sweep();
  void answer(const std::string& response) {
    wire::append_frame(writer_.out(), response, settings_.max_message);
  }
  void fail_as_thrown();
  void fail_without_memory(const char* what);
  bool output_is_full() const;
  void fail(const std::string& error);
  void end_of_input();

  const function& function_;
  const session_settings settings_;
  session_log log_;
  wire::receive_buffer in_;
  response_writer writer_;
  emitter emitter_;
  snapshot_answers snapshots_;
  point point_;
  // The begin of the batch being received. Its bytes must outlive the frame they came in.
  std::string begin_bytes_;
  batch begin_;
  bool in_batch_ = false;
  batch_end end_;
  std::unique_ptr<task> task_;
  sweep sweep_;
  std::uint64_t frames_but_points_ = 0;                     // received
  wire::message_kind managing_ = wire::message_kind::none;  // at work
  session_totals totals_of_snapshot_;
  bool finished_ = false, finish_told_ = false, closing_ = false, failed_ = false;
};

/// The frame of an unsolicited KeepaliveResponse: "still busy".
std::string heartbeat_frame();

}  // namespace kapacitor::udf::agent
