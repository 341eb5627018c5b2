#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>

#include "journal/overload.hpp"
#include "journal/request_log.hpp"
#include "wire/message_numbers.hpp"
#include "wire/receive_buffer.hpp"

namespace kapacitor::udf::journal {

/// Requests that wait in front of the journal until the worker can take them, in their order. If
/// there is no room for more, data is dropped as the policy says: a point, or a batch as a whole.
/// Other requests, such as that for a snapshot, are never dropped and pass no data; one that comes
/// within a batch waits for its end.
///
/// A batch goes on only when all of it has come. If nothing else waits, a point or a batch may be
/// larger than the queue.
///
/// What is dropped depends on the calls alone, not on a clock.
class request_queue {
 public:
  /// Errors: none; `block` has no queue and is taken for drop_newest
  explicit request_queue(const overload_settings& settings) : settings_(settings) {}

  /// Bytes that were received and that nobody has looked at yet.
  wire::receive_buffer& received() { return received_; }

  /// A whole frame joins the queue, or is dropped.
  void add(wire::message_kind kind, std::string_view frame);
  /// No more will come: a batch that has begun is taken as it is.
  void finish();
  /// The rest of a batch that has begun will not come, and nobody waits for it.
  void forget_open_batch();

  /// Nothing waits, and no batch has begun.
  bool empty() const { return waiting_.empty() && !in_batch_; }
  /// Something may go on: a request, or a whole batch.
  bool ready() const { return !waiting_.empty(); }
  std::string_view front() const;
  bool front_is_data() const { return waiting_.front().is_data; }
  void pop();

  const dropped_data& dropped() const { return dropped_; }
  /// Bytes that wait: of data, and of other requests, which may not be dropped.
  std::size_t data_bytes() const { return data_bytes_ + batch_.size(); }
  std::size_t other_bytes() const { return other_bytes_ + held_.size(); }
  std::size_t memory() const;

  /// With the settings, which a queue keeps.
  auto state() {
    return std::tie(settings_.policy, settings_.queue_size, received_, store_, waiting_,
                    data_bytes_, other_bytes_, dropped_, passed_over_, in_batch_, batch_is_kept_,
                    batch_points_, batch_, held_);
  }

 private:
  struct unit {
    position begin;
    std::size_t size;
    std::uint64_t points;
    bool is_data, is_batch;

    auto state() { return std::tie(begin, size, points, is_data, is_batch); }
  };

  void add_point(std::string_view frame);
  void begin_batch();
  void add_to_batch(std::string_view frame);
  void end_batch();
  void add_other(std::string_view frame);
  void append(std::string_view bytes, unit what);
  bool is_chosen();
  bool has_room(std::size_t bytes);
  bool drop_oldest();
  void count_dropped(const unit& what);
  void forget_store();

  overload_settings settings_;
  wire::receive_buffer received_{std::size_t{64} << 10};
  request_log store_;
  std::deque<unit> waiting_;
  std::size_t data_bytes_ = 0, other_bytes_ = 0;
  dropped_data dropped_;
  std::uint64_t passed_over_ = 0;  // by `sample`, since the last one that was kept

  // The batch that has begun.
  bool in_batch_ = false, batch_is_kept_ = false;
  std::uint64_t batch_points_ = 0;
  std::string batch_;  // its frames so far, if it is kept
  std::string held_;   // other requests that came within it, whole frames
};

}  // namespace kapacitor::udf::journal
