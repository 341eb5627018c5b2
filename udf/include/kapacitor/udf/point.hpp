#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

namespace wire {
class point_decoder;
}

/// A point as received: views into the receive buffer, nothing is copied.
///
/// A point of a batch has no name, database, retention policy or dimensions of its own: Kapacitor
/// sends them with the batch (see batch) or not at all.
///
/// Lifetime: the point and every view taken from it are valid until the callback returns. Keep a
///           std::string, not a std::string_view. Debug builds poison the bytes afterwards.
/// Threads:  one at a time.
/// Source:   proto/udf.proto, Point
class point {
 public:
  udf::timestamp time() const { return time_; }
  std::string_view name() const { return name_; }
  std::string_view database() const { return database_; }
  std::string_view retention_policy() const { return retention_policy_; }

  /// The group's identity, such as "host=a,site=north"; the same for all points of the group.
  std::string_view group() const { return group_; }
  /// The names of the tags that make up the group, in the order of the TICKscript's groupBy.
  std::span<const std::string_view> dimensions() const { return dimensions_; }
  /// Whether the measurement is part of the group (groupByMeasurement).
  bool by_name() const { return by_name_; }

  /// All tags, in the order they came.
  std::span<const udf::tag> tags() const { return tags_; }
  /// The value of a tag, empty where the point has no such tag. Cost: O(tags).
  std::optional<std::string_view> tag(std::string_view name) const {
    for (auto t = tags_.rbegin(); t != tags_.rend(); ++t) {
      if (t->name == name) return t->value;
    }
    return std::nullopt;
  }

  /// All fields, in the order they came.
  std::span<const udf::field> fields() const { return fields_; }
  /// The field, nullptr where the point has none of that name. Cost: O(fields).
  const udf::value* find(std::string_view name) const {
    // From the back: of entries with the same key the last one counts, as in protobuf's maps.
    for (auto f = fields_.rbegin(); f != fields_.rend(); ++f) {
      if (f->name == name) return &f->value;
    }
    return nullptr;
  }
  /// The number in a field, double or int; empty where the field is missing or no number.
  std::optional<double> number(std::string_view name) const {
    const auto* found = find(name);
    return found ? found->number() : std::nullopt;
  }

 private:
  friend class wire::point_decoder;
  friend class emitter;
  friend class batch_writer;
  friend class point_buffer;

  udf::timestamp time_{};
  bool by_name_ = false;
  std::string_view name_, database_, retention_policy_, group_;
  std::vector<std::string_view> dimensions_;
  std::vector<udf::tag> tags_;
  std::vector<udf::field> fields_;
  std::string_view encoded_;  // the whole message
  // The encoded message without its time and fields, in pieces as they came: an answer that is
  // "like" this point starts with them, copied as they are.
  std::vector<std::string_view> header_;
  // The encoded fields, likewise, for extend().
  std::vector<std::string_view> encoded_fields_;
};

}  // namespace kapacitor::udf
