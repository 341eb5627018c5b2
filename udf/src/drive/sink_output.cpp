#include "drive/sink_output.hpp"

#include <algorithm>

#include "drive/group_id.hpp"
#include "session/open_batch.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/point_decoder.hpp"

namespace kapacitor::udf::agent {

/// Calls the sink; what it throws is told from what the function throws.
template <class Call>
void sink_output::in_sink(Call call) {
  try {
    call();
  } catch (...) {
    sink_failed_ = true;
    throw;
  }
}

result sink_output::result_like(const point& p) const {
  result r;
  r.name = p.name();
  r.database = p.database();
  r.retention_policy = p.retention_policy();
  r.group = p.group();
  r.dimensions = p.dimensions();
  r.tags = p.tags();
  r.time = p.time();
  r.by_name = p.by_name();
  if (const auto* own = header_from_batch(p)) {
    r.name = own->name;
    r.dimensions = own->dimensions;
    r.by_name = own->by_name;
  }
  return r;
}

std::string_view sink_output::group_of(const header& own) {
  group_.clear();
  host::append_group_id(group_, own.name, own.by_name, own.dimensions, own.tags);
  return group_;
}

void sink_output::deliver(const result& r) {
  ++totals().points_out;
  in_sink([&] { sink_.on_point(r); });
}

/// Hands the point over, unless it has no fields.
void sink_output::deliver(result& r, std::span<const field> fields) {
  r.fields = fields;
  if (fields.empty()) {
    ++totals().empty_points;
    return;
  }
  deliver(r);
}

void sink_output::emit(const point& like, std::span<const field> fields) {
  expect_stream();
  auto r = result_like(like);
  deliver(r, finite(fields));
}

void sink_output::emit(const point& like, timestamp time, std::span<const field> fields) {
  expect_stream();
  auto r = result_like(like);
  r.time = time;
  deliver(r, finite(fields));
}

void sink_output::emit(const header& own, timestamp time, std::span<const field> fields) {
  expect_stream();
  result r;
  r.name = own.name;
  r.database = own.database;
  r.retention_policy = own.retention_policy;
  r.group = group_of(own);
  r.dimensions = own.dimensions;
  r.tags = own.tags;
  r.time = time;
  r.by_name = own.by_name;
  deliver(r, finite(fields));
}

void sink_output::extend(const point& like, std::span<const field> fields) {
  expect_stream();
  auto r = result_like(like);
  deliver(r, extended(like, fields));
}

void sink_output::forward(const point& like) {
  expect_stream();
  auto r = result_like(like);
  r.fields = like.fields();
  deliver(r);
}

void sink_output::close(const open_batch& whole, timestamp tmax) {
  tags_ = whole.tag_views();
  std::sort(tags_.begin(), tags_.end(), [](auto& a, auto& b) { return a.name < b.name; });
  dimensions_.clear();
  for (const auto& t : tags_) dimensions_.push_back(t.name);
  result_batch b;
  b.name = whole.name;
  b.tags = tags_;
  b.by_name = whole.by_name;
  b.group = group_of(
      {.name = whole.name, .dimensions = dimensions_, .tags = tags_, .by_name = whole.by_name});
  b.tmax = tmax;
  b.size = static_cast<std::size_t>(whole.size);
  ++totals().batches_out;
  in_sink([&] { sink_.on_begin(b); });
  deliver_points(whole, b);
  in_sink([&] { sink_.on_end(b); });
}

void sink_output::deliver_points(const open_batch& whole, const result_batch& b) {
  auto left = whole.points.view();
  while (const auto frame = wire::first_frame(left, left.size())) {
    wire::point_decoder::decode(wire::open_envelope(frame->message).body, decoded_);
    result r;
    r.name = b.name;
    r.group = b.group;
    r.dimensions = dimensions_;
    r.tags = decoded_.tags();
    r.fields = decoded_.fields();
    r.time = decoded_.time();
    r.by_name = b.by_name;
    r.batch = &b;
    deliver(r);
    left.remove_prefix(frame->size);
  }
}

}  // namespace kapacitor::udf::agent
