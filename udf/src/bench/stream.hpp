#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/output_buffer.hpp"

namespace kapacitor::udf::host::bench {

/// What the fields of a stream hold; mixed: double, int, string and bool in turn.
enum class field_kind { floating, integer, string, boolean, mixed };

/// What a stream looks like.
struct stream_shape {
  std::size_t groups = 100;  // by the first tag, "host"
  std::size_t tags = 3;      // of each point, at least 1
  std::size_t fields = 1;    // the first is called "value"
  field_kind kind = field_kind::floating;
  std::size_t batch = 0;      // points in each batch, 0: single points
  bool random_order = false;  // of the groups; else in turn
};

/// Requests of data as Kapacitor sends them, encoded once and sent over and over.
///
/// A message is a point, or a whole batch. Each time it is sent it gets a later time, which
/// tells which message an answer belongs to.
/// Units: times in ns since 1970-01-01 UTC; each group has a point every 10 s of them
class stream {
 public:
  /// `points` points or more: whole batches.
  stream(const stream_shape& shape, std::size_t points);

  std::size_t messages() const { return ends_.size(); }
  std::size_t points() const { return messages() * points_per_message(); }
  std::size_t points_per_message() const { return shape_.batch == 0 ? 1 : shape_.batch; }
  std::string_view bytes() const { return bytes_; }
  /// Without the keys of the groups. Shape: bytes of all distinct keys
  std::size_t key_bytes() const { return key_bytes_; }

  /// The next `messages` messages, of which the first is number `sequence` of all that are sent.
  /// Fewer are returned at the end of the stream, which then begins again.
  struct piece {
    std::string_view bytes;
    std::size_t messages;
  };
  piece stamped(std::uint64_t sequence, std::size_t messages);

  /// Which message has this time. Inverse of stamped(): `time` of a point, or tmax of a batch
  std::uint64_t sequence_of(std::int64_t time) const;

 private:
  struct labels;
  void add_point(const labels& all, std::size_t i, std::size_t group);
  void add_batch(const labels& all, std::size_t i, std::size_t group);
  void add_time(std::size_t frame_at, std::uint32_t number);
  std::size_t group_of(std::size_t i) const;

  stream_shape shape_;
  std::string bytes_;
  std::vector<std::size_t> ends_;   // of the messages
  std::vector<std::size_t> times_;  // where they are in bytes_, batch + 1 of each batch
  std::size_t key_bytes_ = 0;
  std::int64_t step_;  // ns between messages
  wire::output_buffer scratch_;
};

}  // namespace kapacitor::udf::host::bench
