#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <kapacitor/udf/detail/raw_pieces.hpp>
#include <kapacitor/udf/detail/reusable_list.hpp>
#include <kapacitor/udf/detail/same_text.hpp>
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

namespace wire {
class point_decoder;
}
namespace agent {
class point_access;
}

/// A point as received: views into the receive buffer, nothing is copied.
///
///     const auto usage = p.number("usage");            // of a double or an int
///     const udf::value* state = p.find("state");       // any type; nullptr: no such field
///     const std::string host(p.tag("host").value_or("unknown"));  // a copy, to be kept
///
/// A function never makes points: it receives them, and answers through an emitter.
///
/// A point of a batch has no name, database, retention policy or dimensions of its own: Kapacitor
/// sends them with the batch (see batch) or not at all.
///
/// Lifetime: the point and every view taken from it are valid until the callback returns. Keep a
///           std::string, not a std::string_view; a copy of a point is a copy of its views. To keep
///           whole points there is point_buffer. Debug builds poison the bytes afterwards.
/// Threads:  one at a time, const members included: the header is read when it is asked for.
/// Cost:     time(), group(), by_name() and fields() are there. The first call of any other member
///           reads the header, O(tags); a function that never asks for it never pays.
/// Source:   proto/udf.proto, Point
class point {
 public:
  /// When it was measured, ns since 1970-01-01 UTC. Points need not come in this order.
  udf::timestamp time() const { return time_; }
  /// The measurement, such as "cpu"; empty in a batch.
  std::string_view name() const { return read().name; }
  /// The database that the point was written to; empty in a batch.
  std::string_view database() const { return read().database; }
  /// The retention policy that the point was written to; empty in a batch.
  std::string_view retention_policy() const { return read().retention_policy; }

  /// The group's identity, such as "host=a,site=north"; the same for all points of the group. Empty
  /// without groupBy. Nothing in it is escaped: take a tag's value from tag(), not from here.
  std::string_view group() const { return group_; }
  /// The names of the tags that make up the group, in the order of group(); Kapacitor sorts them.
  /// Empty in a batch, whose tags() are those of the group.
  std::span<const std::string_view> dimensions() const { return read().dimensions.span(); }
  /// Whether the measurement is part of the group (groupByMeasurement).
  bool by_name() const { return by_name_; }

  /// All tags, those of the group included, in the order they came: Kapacitor has none.
  std::span<const udf::tag> tags() const { return read().tags.span(); }
  /// The value of a tag, empty if the point has no such tag. Cost: O(tags).
  std::optional<std::string_view> tag(std::string_view name) const {
    const auto tags = this->tags();
    for (auto t = tags.rbegin(); t != tags.rend(); ++t) {
      if (detail::same_text(t->name, name)) return t->value;
    }
    return std::nullopt;
  }

  /// All fields, in the order they came: Kapacitor sends them by type.
  std::span<const udf::field> fields() const { return fields_.span(); }
  /// The field, nullptr if the point has none of that name. Cost: O(fields).
  const udf::value* find(std::string_view name) const {
    // From the back: of entries with the same key the last one counts, as in protobuf's maps.
    const auto all = fields();
    for (auto f = all.rbegin(); f != all.rend(); ++f) {
      if (detail::same_text(f->name, name)) return &f->value;
    }
    return nullptr;
  }
  /// The number in a field, double or int; empty if the field is missing, a text or a bool. A
  /// function that needs it answers `if (!x) return out.skip();`. Cost: O(fields).
  std::optional<double> number(std::string_view name) const {
    const auto* found = find(name);
    return found ? found->number() : std::nullopt;
  }

 private:
  friend class wire::point_decoder;
  friend class agent::point_access;
  friend class point_buffer;

  // What many functions never ask for is read when it is asked for. It was checked when the point
  // was, so nothing can go wrong then.
  struct lazy {
    bool read = false;
    std::string_view name, database, retention_policy;
    detail::reusable_list<std::string_view> dimensions;
    detail::reusable_list<udf::tag> tags;
  };
  const lazy& read() const {
    if (!lazy_.read) read_header();
    return lazy_;
  }
  void read_header() const;

  udf::timestamp time_{};
  bool by_name_ = false;
  std::string_view group_;
  detail::reusable_list<udf::field> fields_;
  mutable lazy lazy_;
  std::string_view encoded_;  // the whole message
  // The encoded message without its fields: an answer that is "like" this point starts with it,
  // copied as it is. The first `time_size_` bytes are the time.
  detail::raw_pieces header_;
  std::size_t time_size_ = 0;
  // The encoded fields, likewise, for extend().
  detail::raw_pieces encoded_fields_;
};

}  // namespace kapacitor::udf
