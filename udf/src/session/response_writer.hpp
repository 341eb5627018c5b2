#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/session.hpp"
#include "session/warnings.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_codec.hpp"
#include <kapacitor/udf/emitter.hpp>

namespace kapacitor::udf::agent {

/// The data side of a session's output: what emitters and batch writers write to.
class response_writer {
 public:
  response_writer(edge provides, std::size_t max_message)
      : provides_(provides), max_message_(max_message) {}

  wire::output_buffer& out() { return out_; }
  const wire::output_buffer& out() const { return out_; }
  session_totals& totals() { return totals_; }
  const session_totals& totals() const { return totals_; }
  /// What the function warns of; the session logs it.
  agent::warnings& warnings() { return warnings_; }
  std::size_t max_message() const { return max_message_; }

  /// The batch being received, whose name and dimensions its points lack; nullptr between batches.
  void enter_batch(const batch* begin);
  void leave_batch() { batch_ = nullptr; }

  /// A point that is "like" a received one, its fields still to be said; what it lacks is filled in
  /// from the batch it came in.
  wire::point_parts like(const point& p) const {
    auto parts = in_batch_like(p);
    if (batch_ && p.name().empty()) parts.own_header = &batch_header_;
    return parts;
  }
  /// The same for a point of a batch, which lacks nothing.
  static wire::point_parts in_batch_like(const point& p) {
    wire::point_parts parts;
    parts.time = p.time().time_since_epoch().count();
    parts.header = &p.header_;
    parts.old_time = p.time_size_;
    parts.keep_old_time = p.time_size_ > 0;
    return parts;
  }
  /// The fields of a received point as they came.
  static const detail::raw_pieces& encoded_fields(const point& p) { return p.encoded_fields_; }

  /// Name, dimensions and by_name of the batch being received; empty between batches.
  header batch_header() const { return batch_ ? batch_header_ : header{}; }
  /// The fields without those that are NaN or infinite. Valid until the next call.
  std::span<const field> finite(std::span<const field> fields);
  /// The fields of `like` that stay beside `fields`, and these. Valid until the next call.
  std::span<const field> merged(const point& like, std::span<const field> fields);

  /// Errors: std::logic_error where the function provides the other edge.
  void expect_stream() const;
  void expect_batch() const;

  void write_point(const wire::point_parts& parts);

 private:
  edge provides_;
  std::size_t max_message_;
  wire::output_buffer out_;
  session_totals totals_;
  agent::warnings warnings_;
  const batch* batch_ = nullptr;
  header batch_header_;
  std::vector<std::string_view> batch_dimensions_;
  std::vector<field> finite_, merged_;
};

/// A batch that the function has begun. Its points wait here, so that it leaves whole or not at
/// all.
struct open_batch {
  response_writer& writer;
  std::string name;
  std::string group;
  std::vector<std::pair<std::string, std::string>> tags;
  bool by_name = false;
  std::int64_t size = 0;
  wire::output_buffer points;
  std::vector<udf::tag> all_tags;  // of the point being written

  void write_point(const wire::point_parts& parts);
  void close(timestamp tmax);
};

}  // namespace kapacitor::udf::agent
