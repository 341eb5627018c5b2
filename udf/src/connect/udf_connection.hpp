#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/net/asio.hpp"
#include "connect/channel.hpp"
#include "drive/response_reader.hpp"
#include "drive/rule.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::host {

/// One connection with a UDF: writes requests, reads and checks responses, sends keepalives.
///
/// Reading and writing do not wait for each other: a UDF that has stopped reading is still read,
/// and its answers count as signs of life, as for Kapacitor.
///
/// Ends once, by `done`: without an error after the UDF has closed, which it must do after
/// end_input() and not before.
/// Threads: that of the io_context. Lifetime: keeps itself while operations are under way.
class udf_connection : public std::enable_shared_from_this<udf_connection> {
 public:
  struct settings {
    std::chrono::nanoseconds timeout{};
    std::size_t max_message = 0;
  };
  /// nullptr: all is well.
  using done_fn = std::function<void(const rule_violation*)>;

  udf_connection(asio::io_context& io, std::shared_ptr<channel> to, response_handler& handler,
                 const settings& s);

  void start(done_fn done);
  response_reader& reader() { return reader_; }

  /// Frames to be written; call flush() after adding to it.
  wire::output_buffer& output() { return filling_; }
  /// Adds a management request; the answer is expected if it has one.
  void request(management which, const std::string& encoded);
  void flush();
  /// The number of bytes that wait; the handler is called when they are few again.
  std::size_t waiting_bytes() const { return filling_.size() + unwritten_.size(); }
  std::function<void()> on_room;

  /// The input has ended: half-closes once the output is written.
  void end_input();
  /// Reads on after the handler was not ready.
  void resume();
  /// Drops the connection; `done` will not be called.
  void abandon();

  /// The number of points that were never written to the UDF.
  std::uint64_t unsent_points() const;

 private:
  using clock = std::chrono::steady_clock;

  void read();
  void on_read(error_code error, std::size_t n);
  void process();
  void on_end_of_stream();
  void write();
  void on_written(error_code error, std::size_t n);
  void half_close();
  void ask_for_life();
  void watch_life();
  void check_life();
  void fail(const rule_violation& why);
  void finish(const rule_violation* why);

  asio::io_context& io_;
  std::shared_ptr<channel> channel_;
  settings settings_;
  response_reader reader_;
  asio::steady_timer ask_, watch_;
  clock::time_point heard_;
  std::int64_t heard_at_ = 0;  // ns since 1970-01-01 UTC
  done_fn done_;
  wire::output_buffer filling_, writing_;
  std::string_view unwritten_;  // of writing_
  bool ended_ = false, input_ended_ = false, half_closed_ = false, write_failed_ = false;
  bool paused_ = false;
};

}  // namespace kapacitor::udf::host
