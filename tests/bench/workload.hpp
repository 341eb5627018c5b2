#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/point_access.hpp"
#include "functions/detection/outliers.hpp"
#include "functions/plumbing/identity.hpp"
#include "functions/statistics/ewma.hpp"
#include "functions/statistics/moving_average.hpp"
#include "session/response_writer.hpp"
#include "session/snapshot.hpp"
#include "support/streams.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/message_numbers.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_decoder.hpp"
#include "wire/point_encoder.hpp"
#include <kapacitor/udf.hpp>

// What the benchmarks and the counting of instructions let the agent do.
namespace kapacitor::udf::bench {

inline constexpr test::stream_shape ten_tags_ten_fields{.tags = 10, .fields = 10};

/// The functions that the agent itself is measured with. Others are not linked to what counts
/// instructions, for it compiles all once more.
inline std::vector<function> plain_functions() {
  using namespace functions;
  return {make_function<moving_average>("moving_average"), make_function<ewma>("ewma"),
          make_function<outliers>("outliers"), make_function<identity>("identity"),
          make_function<identity_batch>("identity_batch")};
}

/// One of them. Errors: std::invalid_argument for a name that none has
inline function plain_function(std::string_view name) {
  for (auto& f : plain_functions()) {
    if (f.name == name) return f;
  }
  throw std::invalid_argument("no function " + std::string(name));
}

/// Options to measure it with: windows of ten points of the field that every stream has.
inline std::vector<option> options_for(const function& f) {
  std::vector<option> options;
  for (const auto& o : f.options) {
    if (o.name == "field") options.push_back({"field", {"value"}});
    if (o.name == "size") options.push_back({"size", {10}});
  }
  return options;
}

/// Calls `use` with the body of each message of a stream, as a session finds it.
template <class Use>
void for_each_body(std::string_view stream, Use use) {
  while (const auto frame = wire::first_frame(stream, wire::default_max_message)) {
    use(wire::open_envelope(frame->message));
    stream.remove_prefix(frame->size);
  }
}

/// A stream or a batch, read: what a session hands to a function.
struct decoded {
  explicit decoded(std::string encoded) : bytes(std::move(encoded)) {
    for_each_body(bytes, [this](const wire::envelope& e) {
      switch (e.kind) {
        case wire::message_kind::begin:
          return wire::batch_decoder::decode(e.body, begin);
        case wire::message_kind::point:
          return wire::point_decoder::decode(e.body, points.emplace_back());
        case wire::message_kind::end:
          return wire::batch_decoder::decode(e.body, end);
        default:
          return;
      }
    });
  }
  decoded(const decoded&) = delete;
  decoded& operator=(const decoded&) = delete;

  std::string bytes;  // what the others are views into
  batch begin;
  std::vector<point> points;
  batch_end end;
};

/// Writes a point again: the same bytes, or those of the same meaning. The point must outlive it.
class point_again {
 public:
  explicit point_again(const point& p)
      : own_{p.name(), p.database(), p.retention_policy(), p.dimensions(), p.tags(), p.by_name()},
        like_(agent::point_access::like(p)) {
    like_.fields = p.fields();
    parts_.time = p.time().time_since_epoch().count();
    parts_.own_header = &own_;
    parts_.group = p.group();
    parts_.fields = p.fields();
  }
  point_again(const point_again&) = delete;
  point_again& operator=(const point_again&) = delete;

  /// With a header of its own: every part is encoded.
  void append_own(wire::output_buffer& out) const {
    wire::append_point(out, parts_, wire::default_max_message);
  }
  /// "Like" the received one, whose header is copied as it came.
  void append_like(wire::output_buffer& out) const {
    wire::append_point(out, like_, wire::default_max_message);
  }

 private:
  header own_;
  wire::point_parts parts_, like_;
};

/// A function by itself: its task and an emitter, no session around them.
class lone_function {
 public:
  lone_function(const function& f, const std::vector<option>& options)
      : task_(f.make_task(options, {})),
        writer_(f.provides, wire::default_max_message),
        emitter_(writer_) {}

  void take_points(const decoded& stream) {
    for (const auto& p : stream.points) {
      task_->on_point(p, emitter_);
      // As a connection does: what is written leaves.
      if (writer_.out().size() > 100'000) writer_.out().clear();
    }
    writer_.out().clear();
  }
  /// The same, and what was answered: messages, framed.
  std::string answers_to(const decoded& stream) {
    for (const auto& p : stream.points) task_->on_point(p, emitter_);
    std::string answers(writer_.out().view());
    writer_.out().clear();
    return answers;
  }
  void take_batch(const decoded& batch) {
    writer_.enter_batch(batch.begin);
    task_->on_begin(batch.begin, emitter_);
    for (const auto& p : batch.points) task_->on_point(p, emitter_);
    task_->on_end(batch.end, emitter_);
    writer_.leave_batch();
    writer_.out().clear();
  }
  udf::task& task() { return *task_; }

 private:
  std::unique_ptr<udf::task> task_;
  agent::response_writer writer_;
  emitter emitter_;
};

/// What Kapacitor keeps of a moving_average of that number of groups, their windows full.
inline std::string snapshot_of(std::size_t groups) {
  const auto f = plain_function("moving_average");
  lone_function alone(f, options_for(f));
  const decoded stream(test::encoded_stream({.groups = groups}, groups));
  for (int i = 0; i < 10; ++i) alone.take_points(stream);
  return agent::pack_snapshot(f, alone.task());
}

}  // namespace kapacitor::udf::bench
