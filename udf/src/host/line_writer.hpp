#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// What a line of line protocol says.
struct line_parts {
  std::string_view name;
  std::span<const tag> tags, more_tags;  // of the same name: more_tags counts
  std::span<const field> fields;
  std::int64_t time = 0;  // ns since 1970-01-01 UTC
};

/// Appends a point as a line of InfluxDB's line protocol, with its newline; tags with an empty
/// value are left out, as InfluxDB does.
///
/// Returns: empty, or why a line cannot say this; `to` is then as it was.
std::string_view append_line(std::string& to, const line_parts& parts);

}  // namespace kapacitor::udf::host
