#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wire/output_buffer.hpp"
#include <kapacitor/udf/detail/raw_pieces.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/value.hpp>

// Points on their way out, written without building protobuf objects.
namespace kapacitor::udf::wire {

/// What a written point consists of. What is encoded is copied as it is.
struct point_parts {
  std::int64_t time = 0;                       // ns since 1970-01-01 UTC
  const detail::raw_pieces* header = nullptr;  // all but the fields, encoded
  std::size_t old_time = 0;                    // bytes of the time that `header` begins with
  bool keep_old_time = false;                  // it is `time`; else it is left out
  const udf::header* own_header = nullptr;     // encoded after `header`
  std::string_view group;  // with `own_header`; Kapacitor ignores it in responses
  const detail::raw_pieces* encoded_fields = nullptr;
  std::span<const field> fields;
};

/// Appends a whole frame: length, envelope, Point.
///
/// Errors: std::length_error where the message exceeds `max_message`; nothing is appended.
void append_point(output_buffer& out, const point_parts& parts, std::size_t max_message);

}  // namespace kapacitor::udf::wire
