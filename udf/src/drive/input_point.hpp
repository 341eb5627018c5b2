#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// A point on its way to the UDF.
///
/// Lifetime: views; whoever takes it copies what it keeps.
struct input_point {
  std::int64_t time = 0;  // ns since 1970-01-01 UTC
  std::string_view name, database, retention_policy;
  std::span<const tag> tags;  // sorted by name
  std::span<const field> fields;
};

}  // namespace kapacitor::udf::host
