#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// A batch that came from the UDF, as Kapacitor takes it over: name, tags and tmax of its end,
/// by_measurement of its beginning, the dimensions are the tags' names in order.
struct emitted_batch {
  std::uint64_t number = 0;  // 1, 2, ... in the order they ended
  std::string_view name;
  std::string_view group;  // computed from name and tags
  std::span<const tag> tags;
  std::int64_t tmax = 0;  // ns since 1970-01-01 UTC
  std::uint64_t points = 0;
  bool by_measurement = false;
};

/// A point that came from the UDF, as Kapacitor takes it over. In a batch, name and group are the
/// batch's, and there is no database.
///
/// Lifetime: views, valid during the call that they are given to.
struct emitted_point {
  std::int64_t time = 0;  // ns since 1970-01-01 UTC
  std::string_view name, database, retention_policy;
  std::string_view group;  // computed from name, dimensions and tags; what the UDF says is ignored
  std::span<const std::string_view> dimensions;
  std::span<const tag> tags;
  std::span<const field> fields;
  const emitted_batch* batch = nullptr;  // nullptr: a point of a stream
};

}  // namespace kapacitor::udf::host
