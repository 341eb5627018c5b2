#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/point.hpp>
#include <wire/output_buffer.hpp>

// The data messages of proto/udf.proto, read and written without building protobuf objects. They
// are the same in both directions: requests and responses give them the same numbers.
namespace kapacitor::udf::wire {

/// The numbers of the data messages in Request and Response.
enum class data_message : std::uint32_t { begin = 16, point = 17, end = 18 };

/// The number of the message that an envelope (Request or Response) holds, and its body.
struct envelope {
  std::uint32_t number;  // 0: none
  std::string_view body;
};
/// Errors: protocol_error where the envelope is damaged or its content is no message.
/// Where there are several messages the last one counts, as in protobuf.
envelope open_envelope(std::string_view message);

class point_decoder {
 public:
  /// Reads a Point message; `p` gets views into it, its memory is reused.
  ///
  /// Errors: protocol_error, `p` is then unspecified.
  static void decode(std::string_view message, point& p);
};

class batch_decoder {
 public:
  /// Reads a BeginBatch message; `b` gets views into it. Errors: protocol_error
  static void decode(std::string_view message, batch& b);
  /// Reads an EndBatch message; `e` gets views into it. Errors: protocol_error
  static void decode(std::string_view message, batch_end& e);
};

/// What a written point consists of. The pieces are copied as they are, the rest is encoded.
struct point_parts {
  std::int64_t time = 0;                     // ns since 1970-01-01 UTC
  std::span<const std::string_view> header;  // encoded pieces without time and fields
  const udf::header* own_header = nullptr;   // encoded after `header`
  std::string_view group;  // encoded unless empty; Kapacitor ignores it in responses
  std::span<const std::string_view> encoded_fields;
  std::span<const field> fields;
};

/// Appends a whole frame: length, envelope, Point.
///
/// Errors: std::length_error where the message exceeds `max_message`; nothing is appended.
void append_point(output_buffer& out, const point_parts& parts, std::size_t max_message);

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

/// Appends a whole frame around an encoded Request or Response. Errors: as append_point
void append_frame(output_buffer& out, std::string_view message, std::size_t max_message);

}  // namespace kapacitor::udf::wire
