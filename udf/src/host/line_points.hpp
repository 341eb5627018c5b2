#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/line/parse.hpp"
#include "drive/input_point.hpp"
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

// Between lines of line protocol (base/line) and points on their way to and from the UDF.

/// ns since 1970-01-01 UTC now, rounded down to whole units.
std::int64_t wall_time(std::int64_t unit = 1);

/// Makes the points that lines hold. Cost: no allocation in steady state.
class point_maker {
 public:
  /// A point without a time gets `now`; database and retention policy are for the caller to set.
  ///
  /// Lifetime: until the next call, and as long as the line's own point
  input_point& make(const line_point& from, std::int64_t now);

 private:
  std::vector<tag> tags_;
  std::vector<field> fields_;
  input_point point_;
};

/// What a line is to hold.
struct line_parts {
  std::string_view name;
  std::span<const tag> tags, more_tags;  // of the same name: more_tags counts
  std::span<const field> fields;
  std::int64_t time = 0;  // ns since 1970-01-01 UTC
};

/// Appends a point as a line of line protocol, with its newline; tags with an empty value are left
/// out, as InfluxDB does.
///
/// Returns: empty, or why line protocol cannot carry it; `to` is then as it was.
std::string_view append_line(std::string& to, const line_parts& parts);

}  // namespace kapacitor::udf::host
