#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "session/response_writer.hpp"
#include <kapacitor/udf/emitter.hpp>

namespace kapacitor::udf {
namespace {

std::int64_t ns(timestamp t) {
  return t.time_since_epoch().count();
}

bool is_finite(const field& f) {
  const auto* x = std::get_if<double>(&f.value.held());
  return !x || std::isfinite(*x);
}

bool replaced(const field& old, std::span<const field> by) {
  return std::any_of(by.begin(), by.end(), [&](const field& f) { return f.name == old.name; });
}

bool replaces_any(const point& like, std::span<const field> fields) {
  const auto old = like.fields();
  return std::any_of(old.begin(), old.end(), [&](const field& f) { return replaced(f, fields); });
}

}  // namespace

namespace agent {

void response_writer::enter_batch(const batch* begin) {
  batch_ = begin;
  batch_dimensions_.clear();
  for (const auto& t : begin->tags()) batch_dimensions_.push_back(t.name);
  // Kapacitor takes a batch's dimensions in alphabetical order; protobuf's maps have none.
  std::sort(batch_dimensions_.begin(), batch_dimensions_.end());
  batch_header_ = {};
  batch_header_.name = begin->name();
  batch_header_.dimensions = batch_dimensions_;
  batch_header_.by_name = begin->by_name();
}

std::span<const field> response_writer::finite(std::span<const field> fields) {
  std::size_t good = 0;  // not std::all_of(), which is made for more than one or two
  while (good < fields.size() && is_finite(fields[good])) ++good;
  if (good == fields.size()) [[likely]] {
    return fields;
  }
  finite_.clear();
  std::copy_if(fields.begin(), fields.end(), std::back_inserter(finite_), is_finite);
  totals_.non_finite_fields += fields.size() - finite_.size();
  return finite_;
}

std::span<const field> response_writer::merged(const point& like, std::span<const field> fields) {
  merged_.clear();
  for (const auto& old : like.fields()) {
    if (!replaced(old, fields)) merged_.push_back(old);
  }
  merged_.insert(merged_.end(), fields.begin(), fields.end());
  return merged_;
}

void response_writer::expect_stream() const {
  if (provides_ == edge::stream) [[likely]] {
    return;
  }
  throw std::logic_error(
      "emitted a single point, but the function provides batches: use open_batch()");
}
void response_writer::expect_batch() const {
  if (provides_ == edge::batch) return;
  throw std::logic_error(
      "opened a batch, but the function provides single points: use emit(), or declare "
      "`static constexpr auto provides = udf::edge::batch`");
}

void response_writer::write_point(const wire::point_parts& parts) {
  wire::append_point(out_, parts, max_message_);
  ++totals_.points_out;
}

void open_batch::write_point(const wire::point_parts& parts) {
  wire::append_point(points, parts, writer.max_message());
  ++size;
}

void open_batch::close(timestamp tmax) {
  std::vector<udf::tag> views;
  for (const auto& [tag_name, tag_value] : tags) views.push_back({tag_name, tag_value});
  const wire::batch_parts parts{name, group, views, size, ns(tmax), by_name};
  auto& out = writer.out();
  const auto before = out.size();
  try {
    wire::append_begin(out, parts, writer.max_message());
    out.append(points.view());
    wire::append_end(out, parts, writer.max_message());
  } catch (...) {
    out.truncate(before);
    throw;
  }
  ++writer.totals().batches_out;
  writer.totals().points_out += static_cast<std::uint64_t>(size);
}

namespace {

/// Writes a point with these fields, unless there are none. `to` is the writer or an open batch.
template <class Target>
void write_with(Target& to, response_writer& writer, wire::point_parts&& parts,
                std::span<const field> fields) {
  parts.fields = writer.finite(fields);
  if (parts.fields.empty() && (!parts.encoded_fields || parts.encoded_fields->empty())) {
    ++writer.totals().empty_points;
    return;
  }
  to.write_point(parts);
}

}  // namespace
}  // namespace agent

void emitter::emit(const point& like, field_list fields) {
  writer_.expect_stream();
  agent::write_with(writer_, writer_, writer_.like(like), fields.span());
}

void emitter::emit(const point& like, timestamp time, field_list fields) {
  writer_.expect_stream();
  auto parts = writer_.like(like);
  parts.time = ns(time);
  parts.keep_old_time = false;
  agent::write_with(writer_, writer_, std::move(parts), fields.span());
}

void emitter::emit(const batch_end& like, field_list fields) {
  auto own = writer_.batch_header();
  own.tags = like.tags();
  emit(own, like.tmax(), fields);
}

void emitter::emit(const header& header, timestamp time, field_list fields) {
  writer_.expect_stream();
  wire::point_parts parts;
  parts.time = ns(time);
  parts.own_header = &header;
  agent::write_with(writer_, writer_, std::move(parts), fields.span());
}

void emitter::extend(const point& like, field_list fields) {
  writer_.expect_stream();
  auto parts = writer_.like(like);
  if (replaces_any(like, fields.span())) {
    agent::write_with(writer_, writer_, std::move(parts), writer_.merged(like, fields.span()));
  } else {
    parts.encoded_fields = &agent::response_writer::encoded_fields(like);
    agent::write_with(writer_, writer_, std::move(parts), fields.span());
  }
}

void emitter::forward(const point& like) {
  writer_.expect_stream();
  auto parts = writer_.like(like);
  parts.encoded_fields = &agent::response_writer::encoded_fields(like);
  writer_.write_point(parts);
}

void emitter::skip() {
  ++writer_.totals().points_skipped;
}

void emitter::warn(std::string_view text) {
  writer_.warnings().add(text);
}

batch_writer emitter::open_batch(const point& like) {
  writer_.expect_batch();
  auto open =
      std::make_unique<agent::open_batch>(agent::open_batch{writer_, {}, {}, {}, {}, {}, {}, {}});
  open->name = like.name();
  open->group = like.group();
  open->by_name = like.by_name();
  for (const auto d : like.dimensions()) open->tags.emplace_back(d, like.tag(d).value_or(""));
  return batch_writer(std::move(open));
}

batch_writer emitter::open_batch(const batch& like) {
  writer_.expect_batch();
  auto open =
      std::make_unique<agent::open_batch>(agent::open_batch{writer_, {}, {}, {}, {}, {}, {}, {}});
  open->name = like.name();
  open->group = like.group();
  open->by_name = like.by_name();
  for (const auto& t : like.tags()) open->tags.emplace_back(t.name, t.value);
  return batch_writer(std::move(open));
}

batch_writer emitter::open_batch(const header& header) {
  writer_.expect_batch();
  auto open =
      std::make_unique<agent::open_batch>(agent::open_batch{writer_, {}, {}, {}, {}, {}, {}, {}});
  open->name = header.name;
  open->by_name = header.by_name;
  for (const auto& t : header.tags) open->tags.emplace_back(t.name, t.value);
  return batch_writer(std::move(open));
}

batch_writer::batch_writer(std::unique_ptr<agent::open_batch> open) : open_(std::move(open)) {}
batch_writer::batch_writer(batch_writer&&) noexcept = default;

batch_writer& batch_writer::operator=(batch_writer&& other) noexcept {
  std::swap(open_, other.open_);
  return *this;
}

batch_writer::~batch_writer() {
  if (open_) ++open_->writer.totals().batches_dropped;
}

agent::open_batch& batch_writer::writable() {
  if (!open_) throw std::logic_error("added a point to a batch that is closed");
  return *open_;
}

void batch_writer::emit(const point& like, field_list fields) {
  auto& open = writable();
  agent::write_with(open, open.writer, agent::response_writer::in_batch_like(like), fields.span());
}

void batch_writer::extend(const point& like, field_list fields) {
  auto& open = writable();
  if (replaces_any(like, fields.span())) {
    return emit(like, open.writer.merged(like, fields.span()));
  }
  auto parts = agent::response_writer::in_batch_like(like);
  parts.encoded_fields = &agent::response_writer::encoded_fields(like);
  agent::write_with(open, open.writer, std::move(parts), fields.span());
}

void batch_writer::forward(const point& like) {
  auto& open = writable();
  auto parts = agent::response_writer::in_batch_like(like);
  parts.encoded_fields = &agent::response_writer::encoded_fields(like);
  open.write_point(parts);
}

void batch_writer::emit(timestamp time, std::span<const udf::tag> tags, field_list fields) {
  auto& open = writable();
  auto& all = open.all_tags;
  all.assign(tags.begin(), tags.end());
  for (const auto& [name, value] : open.tags) {
    const auto same = [&name = name](const udf::tag& t) { return t.name == name; };
    if (std::none_of(tags.begin(), tags.end(), same)) all.push_back({name, value});
  }
  header own;
  own.tags = all;
  wire::point_parts parts;
  parts.time = ns(time);
  parts.group = open.group;
  parts.own_header = &own;
  agent::write_with(open, open.writer, std::move(parts), fields.span());
}

void batch_writer::close(timestamp tmax) {
  auto& open = writable();
  open.close(tmax);
  open_.reset();
}

}  // namespace kapacitor::udf
