#include "session/response_writer.hpp"

#include "api/point_access.hpp"
#include "session/open_batch.hpp"
#include "wire/batch_encoder.hpp"

namespace kapacitor::udf::agent {
namespace {

std::int64_t ns(timestamp t) {
  return t.time_since_epoch().count();
}

}  // namespace

/// What the point lacks is filled in from the batch it came in.
wire::point_parts response_writer::parts_like(const point& p) const {
  auto parts = point_access::like(p);
  if (in_batch()) parts.own_header = header_from_batch(p);
  return parts;
}

void response_writer::write(const wire::point_parts& parts) {
  wire::append_point(out_, parts, max_message());
  ++totals().points_out;
  show_answer(parts.time, parts.fields);
}

/// Writes the point with these fields, unless it has none.
void response_writer::write(wire::point_parts& parts, std::span<const field> fields) {
  parts.fields = finite(fields);
  if (parts.fields.empty() && (!parts.encoded_fields || parts.encoded_fields->empty())) {
    ++totals().empty_points;
    return;
  }
  write(parts);
}

void response_writer::emit(const point& like, std::span<const field> fields) {
  expect_stream();
  auto parts = parts_like(like);
  write(parts, fields);
}

void response_writer::emit(const point& like, timestamp time, std::span<const field> fields) {
  expect_stream();
  auto parts = parts_like(like);
  parts.time = ns(time);
  parts.keep_old_time = false;
  write(parts, fields);
}

void response_writer::emit(const header& own, timestamp time, std::span<const field> fields) {
  expect_stream();
  wire::point_parts parts;
  parts.time = ns(time);
  parts.own_header = &own;
  write(parts, fields);
}

void response_writer::extend(const point& like, std::span<const field> fields) {
  expect_stream();
  auto parts = parts_like(like);
  if (replaces_any(like, fields)) {
    write(parts, merged(like, fields));
  } else {
    parts.encoded_fields = &point_access::encoded_fields(like);
    write(parts, fields);
  }
}

void response_writer::forward(const point& like) {
  expect_stream();
  auto parts = parts_like(like);
  parts.encoded_fields = &point_access::encoded_fields(like);
  write(parts);
}

void response_writer::close(const open_batch& whole, timestamp tmax) {
  const auto tags = whole.tag_views();
  const wire::batch_parts parts{whole.name, whole.group, tags, whole.size, ns(tmax), whole.by_name};
  const auto before = out_.size();
  try {
    wire::append_begin(out_, parts, max_message());
    out_.append(whole.points.view());
    wire::append_end(out_, parts, max_message());
  } catch (...) {
    out_.truncate(before);
    throw;
  }
  ++totals().batches_out;
  totals().points_out += static_cast<std::uint64_t>(whole.size);
}

}  // namespace kapacitor::udf::agent
