#include "session/open_batch.hpp"

#include <algorithm>

#include "api/point_access.hpp"

namespace kapacitor::udf::agent {

/// A point of a batch has time, group and tags, and lacks nothing.
wire::point_parts open_batch::parts_like(const point& p) {
  if (point_access::is_encoded(p)) [[likely]] {
    return point_access::like(p);
  }
  own_header_ = {};
  own_header_.tags = p.tags();
  wire::point_parts parts;
  parts.time = p.time().time_since_epoch().count();
  parts.own_header = &own_header_;
  parts.group = p.group();
  return parts;
}

void open_batch::write(const wire::point_parts& parts) {
  wire::append_point(points, parts, out.max_message());
  ++size;
  out.show_answer(parts.time, parts.fields);
}

void open_batch::write(wire::point_parts& parts, std::span<const field> fields) {
  parts.fields = out.finite(fields);
  if (parts.fields.empty() && (!parts.encoded_fields || parts.encoded_fields->empty())) {
    ++out.totals().empty_points;
    return;
  }
  write(parts);
}

void open_batch::emit(const point& like, std::span<const field> fields) {
  auto parts = parts_like(like);
  write(parts, fields);
}

void open_batch::extend(const point& like, std::span<const field> fields) {
  if (!point_access::is_encoded(like) || replaces_any(like, fields)) {
    return emit(like, out.merged(like, fields));
  }
  auto parts = parts_like(like);
  parts.encoded_fields = &point_access::encoded_fields(like);
  write(parts, fields);
}

void open_batch::forward(const point& like) {
  auto parts = parts_like(like);
  if (point_access::is_encoded(like)) [[likely]] {
    parts.encoded_fields = &point_access::encoded_fields(like);
  } else {
    parts.fields = like.fields();
  }
  write(parts);
}

void open_batch::emit(timestamp time, std::span<const udf::tag> own_tags,
                      std::span<const field> fields) {
  own_tags_.assign(own_tags.begin(), own_tags.end());
  for (const auto& [tag_name, tag_value] : tags) {
    const auto same = [&wanted = tag_name](const udf::tag& t) { return t.name == wanted; };
    if (std::none_of(own_tags.begin(), own_tags.end(), same)) {
      own_tags_.push_back({tag_name, tag_value});
    }
  }
  own_header_ = {};
  own_header_.tags = own_tags_;
  wire::point_parts parts;
  parts.time = time.time_since_epoch().count();
  parts.group = group;
  parts.own_header = &own_header_;
  write(parts, fields);
}

std::vector<udf::tag> open_batch::tag_views() const {
  std::vector<udf::tag> views;
  views.reserve(tags.size());
  for (const auto& [tag_name, tag_value] : tags) views.push_back({tag_name, tag_value});
  return views;
}

}  // namespace kapacitor::udf::agent
