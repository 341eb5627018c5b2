#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/batch_encoder.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_encoder.hpp"

namespace kapacitor::udf::test {

/// The shape of a stream to measure with.
struct stream_shape {
  std::size_t groups = 100;
  std::size_t tags = 3;  // at least 1
  std::size_t fields = 1;
  bool mixed = false;     // doubles, ints, strings and bools in turn, not only doubles
  double offset = 0;      // added to every number
  bool shuffled = false;  // the groups in a random order (always the same), not one after the other

  friend bool operator==(const stream_shape&, const stream_shape&) = default;
};

/// Makes points and batches as Kapacitor sends them: grouped by the first tag, "host".
class stream_source {
 public:
  explicit stream_source(const stream_shape& shape) : shape_(shape), order_(shape.groups) {
    std::iota(order_.begin(), order_.end(), 0u);
    if (shape.shuffled) std::shuffle(order_.begin(), order_.end(), std::mt19937_64(1));
    for (std::size_t t = 0; t < shape.tags; ++t) {
      names_.push_back(t == 0 ? "host" : "tag" + std::to_string(t));
      values_.push_back("value" + std::to_string(t));
    }
    for (std::size_t f = 0; f < shape.fields; ++f) {
      field_names_.push_back(f == 0 ? "value" : "value" + std::to_string(f));
    }
    for (std::size_t t = 0; t < shape.tags; ++t) tags_.push_back({names_[t], values_[t]});
    fields_.resize(shape.fields);
  }
  stream_source(const stream_source&) = delete;
  stream_source& operator=(const stream_source&) = delete;

  /// Appends the stream's point number `i`, framed.
  void append_point(wire::output_buffer& out, std::size_t i) {
    select_group(i);
    append(out, i, {"cpu", "telegraf", "autogen", dimensions(), tags_, false});
  }
  /// Appends batch number `i`, all of one group, framed.
  void append_batch(wire::output_buffer& out, std::size_t i, std::size_t size) {
    select_group(i);
    const wire::batch_parts parts{"cpu",
                                  group_,
                                  std::span(tags_).first(1),
                                  static_cast<std::int64_t>(size),
                                  time_of((i + 1) * size),
                                  false};
    wire::append_begin(out, parts, wire::default_max_message);
    for (std::size_t k = 0; k < size; ++k) append(out, i * size + k, {.tags = tags_});
    wire::append_end(out, parts, wire::default_max_message);
  }

 private:
  void select_group(std::size_t i) {
    const auto number = std::to_string(order_[i % order_.size()]);
    values_[0] = "server" + std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number;
    tags_[0].value = values_[0];
    group_ = "host=" + values_[0];
  }
  std::span<const std::string_view> dimensions() const { return {&tags_[0].name, 1}; }
  static std::int64_t time_of(std::size_t i) {
    return 1'600'000'000'000'000'000 + static_cast<std::int64_t>(i) * 10'000'000;
  }
  /// Noise, and far out every hundredth time.
  static double number_of(std::size_t i) {
    return i % 100 == 99 ? 1e6 : 20.0 + static_cast<double>((i * 2654435761u) % 1000) / 10;
  }
  value value_of(std::size_t f, double x) const {
    switch (shape_.mixed ? f % 4 : 0) {
      case 1:
        return static_cast<std::int64_t>(x);
      case 2:
        return "some text";
      case 3:
        return x > 50;
      default:
        return x;
    }
  }
  void append(wire::output_buffer& out, std::size_t i, const header& h) {
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      fields_[f] = {field_names_[f], value_of(f, shape_.offset + number_of(i))};
    }
    wire::point_parts parts;
    parts.time = time_of(i);
    parts.own_header = &h;
    parts.group = group_;
    parts.fields = fields_;
    wire::append_point(out, parts, wire::default_max_message);
  }

  stream_shape shape_;
  std::vector<std::uint32_t> order_;
  std::vector<std::string> names_, values_, field_names_;
  std::vector<tag> tags_;
  std::vector<field> fields_;
  std::string group_;
};

/// `n` points in a row, framed.
inline std::string encoded_stream(const stream_shape& shape, std::size_t n) {
  stream_source source(shape);
  wire::output_buffer out;
  for (std::size_t i = 0; i < n; ++i) source.append_point(out, i);
  return std::string(out.view());
}

/// `n` batches in a row, of `size` points each, framed.
inline std::string encoded_batches(const stream_shape& shape, std::size_t n, std::size_t size) {
  stream_source source(shape);
  wire::output_buffer out;
  for (std::size_t i = 0; i < n; ++i) source.append_batch(out, i, size);
  return std::string(out.view());
}

}  // namespace kapacitor::udf::test
