#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <wire/frame.hpp>
#include <wire/output_buffer.hpp>
#include <wire/point_codec.hpp>

namespace kapacitor::udf::test {

/// The shape of a stream to measure with.
struct stream_shape {
  std::size_t groups = 100;
  std::size_t tags = 3;
  std::size_t fields = 1;
};

/// Appends a point as Kapacitor sends it: name, database, group by the first tag, all tags, fields.
inline void append_stream_point(wire::output_buffer& out, const stream_shape& shape,
                                std::size_t i) {
  const auto number = std::to_string(i % shape.groups);
  const std::string host =
      "server" + std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number;
  std::vector<std::string> names, values;
  for (std::size_t t = 0; t < std::max(shape.tags, shape.fields); ++t) {
    names.push_back((t == 0 ? "host" : "tag") + (t == 0 ? std::string() : std::to_string(t)));
    values.push_back(t == 0 ? host : "value" + std::to_string(t));
  }
  std::vector<tag> tags;
  for (std::size_t t = 0; t < shape.tags; ++t) tags.push_back({names[t], values[t]});
  std::vector<std::string> field_names;
  std::vector<field> fields;
  for (std::size_t f = 0; f < shape.fields; ++f) {
    field_names.push_back(f == 0 ? "value" : "value" + std::to_string(f));
  }
  for (std::size_t f = 0; f < shape.fields; ++f) {
    fields.push_back({field_names[f], 20.0 + static_cast<double>((i * 2654435761u) % 1000) / 10});
  }
  const std::string group = "host=" + host;
  const std::string_view dimensions[] = {names[0]};
  const header h{"cpu", "telegraf", "autogen", dimensions, tags, false};
  wire::point_parts parts;
  parts.time = 1'600'000'000'000'000'000 + static_cast<std::int64_t>(i) * 10'000'000;
  parts.own_header = &h;
  parts.group = group;
  parts.fields = fields;
  wire::append_point(out, parts, wire::default_max_message);
}

/// `n` points in a row, framed.
inline std::string encoded_stream(const stream_shape& shape, std::size_t n) {
  wire::output_buffer out;
  for (std::size_t i = 0; i < n; ++i) append_stream_point(out, shape, i);
  return std::string(out.view());
}

}  // namespace kapacitor::udf::test
