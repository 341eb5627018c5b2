#pragma once

#include <cstdint>

#include "wire/point_encoder.hpp"
#include <kapacitor/udf/detail/raw_pieces.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::agent {

/// What the agent sees of a point beside its public part: the bytes it was read from.
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
  /// The fields as they came. Needs is_encoded().
  static const detail::raw_pieces& encoded_fields(const point& p) { return p.encoded_fields_; }
};

}  // namespace kapacitor::udf::agent
