#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "wire/point_encoder.hpp"
#include <kapacitor/udf/detail/raw_pieces.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::agent {

/// What the agent sees of a point beside its public part: the bytes it was read from. And how it
/// makes points that were read from none.
class point_access {
 public:
  /// Whether the point was read from a message; one that an engine made was not.
  static bool is_encoded(const point& p) { return !p.encoded_.empty(); }
  /// The point without its fields, its header copied as it came. Needs is_encoded().
  static wire::point_parts like(const point& p) {
    wire::point_parts parts;
    parts.time = p.time().time_since_epoch().count();
    parts.header = &p.header_;
    parts.old_time = p.time_size_;
    parts.keep_old_time = p.time_size_ > 0;
    return parts;
  }
  /// Makes `p` a point of these views. Lifetime: that of what they show. Cost: O(1)
  static void make(point& p, timestamp time, std::string_view group, const header& h,
                   std::span<const field> fields) {
    p.time_ = time;
    p.by_name_ = h.by_name;
    p.group_ = group;
    p.fields_.borrow(fields);
    p.lazy_.read = true;
    p.lazy_.name = h.name;
    p.lazy_.database = h.database;
    p.lazy_.retention_policy = h.retention_policy;
    p.lazy_.dimensions.borrow(h.dimensions);
    p.lazy_.tags.borrow(h.tags);
  }
  /// The fields as they came. Needs is_encoded().
  static const detail::raw_pieces& encoded_fields(const point& p) { return p.encoded_fields_; }
};

}  // namespace kapacitor::udf::agent
