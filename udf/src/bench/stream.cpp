#include "bench/stream.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include <fmt/format.h>

#include "wire/batch_encoder.hpp"
#include "wire/cursor.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/point_encoder.hpp"

namespace kapacitor::udf::host::bench {
namespace {

// All times from here on for more than two centuries are varints of nine bytes: they can be
// replaced where they stand.
constexpr std::int64_t first_time = 1'600'000'000'000'000'000;
constexpr std::size_t time_size = 9;
constexpr std::int64_t ten_seconds = 10'000'000'000;

void put_time(char* at, std::int64_t time) {
  auto x = static_cast<std::uint64_t>(time);
  for (std::size_t i = 0; i + 1 < time_size; ++i, x >>= 7) at[i] = static_cast<char>(x | 0x80);
  at[time_size - 1] = static_cast<char>(x);
}

// Spread, and the same for everybody.
std::uint64_t scattered(std::uint64_t i) {
  return (i + 1) * 0x9e3779b97f4a7c15u >> 20;
}

value value_of(field_kind kind, std::size_t f, std::size_t i) {
  static constexpr std::string_view words[] = {"ok", "degraded", "maintenance", "down"};
  if (kind == field_kind::mixed) kind = static_cast<field_kind>(f % 4);
  switch (kind) {
    case field_kind::integer:
      return static_cast<std::int64_t>(scattered(i) % 100'000);
    case field_kind::string:
      return words[scattered(i) % 4];
    case field_kind::boolean:
      return scattered(i) % 2 == 0;
    default:
      return 20.0 + static_cast<double>(scattered(i) % 1000) / 10;
  }
}

}  // namespace

/// The texts that all points share.
struct stream::labels {
  explicit labels(const stream_shape& shape) {
    for (std::size_t t = 1; t < shape.tags; ++t) {
      tag_names.push_back(fmt::format("tag{}", t));
      tag_values.push_back(fmt::format("value{}", t));
    }
    for (std::size_t f = 0; f < shape.fields; ++f) {
      field_names.push_back(f == 0 ? "value" : fmt::format("value{}", f));
    }
  }
  std::vector<tag> tags_of(std::string_view host) const {
    std::vector<tag> tags{{"host", host}};
    for (std::size_t t = 0; t < tag_names.size(); ++t) {
      tags.push_back({tag_names[t], tag_values[t]});
    }
    return tags;
  }
  std::vector<field> fields_of(field_kind kind, std::size_t i) const {
    std::vector<field> fields;
    for (std::size_t f = 0; f < field_names.size(); ++f) {
      fields.push_back({field_names[f], value_of(kind, f, i + f)});
    }
    // One map after the other, as Kapacitor writes them.
    std::stable_sort(fields.begin(), fields.end(), [](const field& a, const field& b) {
      return a.value.held().index() < b.value.held().index();
    });
    return fields;
  }

  std::vector<std::string> tag_names, tag_values, field_names;
};

stream::stream(const stream_shape& shape, std::size_t points)
    : shape_(shape),
      step_(ten_seconds * static_cast<std::int64_t>(points_per_message()) /
            static_cast<std::int64_t>(shape.groups)) {
  const labels all(shape_);
  const auto n = (points + points_per_message() - 1) / points_per_message();
  for (std::size_t i = 0; i < n; ++i) {
    shape_.batch == 0 ? add_point(all, i, group_of(i)) : add_batch(all, i, group_of(i));
    ends_.push_back(bytes_.size() + scratch_.size());
    bytes_.append(scratch_.view());
    scratch_.clear();
  }
  for (std::size_t g = 0; g < shape_.groups; ++g) {
    key_bytes_ += fmt::formatted_size("host=server{:04}", g);
  }
}

/// Every group comes up in the first round; what is random is the order.
std::size_t stream::group_of(std::size_t i) const {
  if (!shape_.random_order) return i % shape_.groups;
  // A permutation of 0 ... groups-1 without a table: a Feistel network of four rounds, walked until
  // it lands within. Another one for each round.
  unsigned half = 1;
  while (std::size_t{1} << (2 * half) < shape_.groups) ++half;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  std::uint64_t x = i % shape_.groups;
  const auto round = i / shape_.groups;
  do {
    std::uint64_t left = x >> half, right = x & mask;
    for (std::uint64_t key = 0; key < 4; ++key) {
      const auto mixed = left ^ (scattered(right * 8 + key + round * 0x10001) & mask);
      left = right;
      right = mixed;
    }
    x = left << half | right;
  } while (x >= shape_.groups);
  return x;
}

void stream::add_time(std::size_t frame_at, std::uint32_t number) {
  const auto frame = *wire::first_frame(scratch_.view().substr(frame_at), ~std::size_t{0});
  const auto body = wire::open_envelope(frame.message).body;
  wire::cursor in(body, "a message of our own");
  const auto wanted = wire::key_of(number, wire::wire_type::varint);
  for (auto key = in.key(); key != wanted; key = in.key()) in.skip(key);
  times_.push_back(bytes_.size() + static_cast<std::size_t>(in.at() - scratch_.view().data()));
}

void stream::add_point(const labels& all, std::size_t i, std::size_t group) {
  const auto host = fmt::format("server{:04}", group);
  const auto id = "host=" + host;
  const auto tags = all.tags_of(host);
  const auto fields = all.fields_of(shape_.kind, i);
  static constexpr std::string_view dimensions[] = {"host"};
  const header own{"cpu", "telegraf", "autogen", dimensions, tags, false};
  wire::point_parts parts;
  parts.time = first_time;
  parts.own_header = &own;
  parts.group = id;
  parts.fields = fields;
  wire::append_point(scratch_, parts, wire::default_max_message);
  add_time(0, 1);
}

void stream::add_batch(const labels& all, std::size_t i, std::size_t group) {
  const auto host = fmt::format("server{:04}", group);
  const auto id = "host=" + host;
  const auto tags = all.tags_of(host);
  wire::batch_parts parts{"cpu", id, std::span(tags).first(1), 0, first_time, false};
  parts.size = static_cast<std::int64_t>(shape_.batch);
  wire::append_begin(scratch_, parts, wire::default_max_message);
  for (std::size_t j = 0; j < shape_.batch; ++j) {
    const auto fields = all.fields_of(shape_.kind, i * shape_.batch + j);
    header own;
    own.tags = tags;
    wire::point_parts point;
    point.time = first_time;
    point.own_header = &own;
    point.group = id;
    point.fields = fields;
    const auto at = scratch_.size();
    wire::append_point(scratch_, point, wire::default_max_message);
    add_time(at, 1);
  }
  const auto at = scratch_.size();
  wire::append_end(scratch_, parts, wire::default_max_message);
  add_time(at, 3);
}

stream::piece stream::stamped(std::uint64_t sequence, std::size_t messages) {
  const auto first = static_cast<std::size_t>(sequence % ends_.size());
  const auto n = std::min(messages, ends_.size() - first);
  const auto times = shape_.batch == 0 ? 1 : shape_.batch + 1;
  auto time = first_time + static_cast<std::int64_t>(sequence) * step_;
  for (std::size_t m = first; m < first + n; ++m, time += step_) {
    for (std::size_t t = 0; t < times; ++t) put_time(bytes_.data() + times_[m * times + t], time);
  }
  const auto begin = first == 0 ? 0 : ends_[first - 1];
  return {std::string_view(bytes_).substr(begin, ends_[first + n - 1] - begin), n};
}

std::uint64_t stream::sequence_of(std::int64_t time) const {
  return static_cast<std::uint64_t>((time - first_time) / step_);
}

}  // namespace kapacitor::udf::host::bench
