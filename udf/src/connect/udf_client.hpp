#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/net/asio.hpp"
#include "connect/channel.hpp"
#include "connect/udf_connection.hpp"
#include "drive/totals.hpp"
#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::host {

/// How a UDF is used, as far as kapacitord decides it.
struct udf_settings {
  std::vector<option> options;
  std::string task_id = "host", node_id;
  std::string parent_node;    // the node above, for the message about mismatched edges
  edge given = edge::stream;  // what the node above provides
  udf_connection::settings connection;
  std::string snapshot_file;  // empty: none
  std::chrono::nanoseconds snapshot_interval{};
  bool snapshot_at_end = false;
};

/// Takes what the UDF emits, and the end.
class udf_events {
 public:
  virtual ~udf_events() = default;
  virtual void on_ready(const udf_info& info) = 0;  // the task runs: data may be sent
  virtual void on_room() = 0;                       // there is room for more again
  virtual void on_point(const emitted_point& p) = 0;
  virtual void on_batch_end(const emitted_batch& b) = 0;
  virtual bool wants_more() = 0;  // false: emit no more until resume()
  /// nullptr: the UDF has sent all its responses and closed.
  virtual void on_end(const rule_violation* why) = 0;
};

/// Kapacitor's side of a task with one UDF node:
///
///   1. a connection for Info alone, as at kapacitord's start; the UDF must close it
///   2. options and edges are checked, as when a task is defined
///   3. a connection for the task: Init, Restore if there is a snapshot
///   4. data, keepalives, snapshots on an interval
///   5. half-close; the UDF finishes and closes
class udf_client {
 public:
  udf_client(asio::io_context& io, std::unique_ptr<connector> to, const udf_settings& s,
             udf_events& events, totals& counts);
  ~udf_client();

  void start();
  /// Where frames of data go; only while the task runs. Call flush() afterwards.
  wire::output_buffer& output();
  void flush();
  bool has_room() const;
  std::size_t max_message() const;
  void resume();
  /// The input has ended: half-closes.
  void end_input();
  /// Drops everything at once; on_end is not called.
  void abandon();
  std::uint64_t unsent_points() const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace kapacitor::udf::host
