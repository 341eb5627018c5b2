#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wire/output_buffer.hpp"
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::wire {

/// What the messages around the points of a batch say.
struct batch_parts {
  std::string_view name, group;
  std::span<const udf::tag> tags;
  std::int64_t size = 0;
  std::int64_t tmax = 0;  // ns since 1970-01-01 UTC; of EndBatch only
  bool by_name = false;
};
/// Appends a whole frame with a BeginBatch. Errors: as append_point
void append_begin(output_buffer& out, const batch_parts& parts, std::size_t max_message);
/// Appends a whole frame with an EndBatch. Errors: as append_point
void append_end(output_buffer& out, const batch_parts& parts, std::size_t max_message);

}  // namespace kapacitor::udf::wire
