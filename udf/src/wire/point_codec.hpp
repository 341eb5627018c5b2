#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/detail/raw_pieces.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/point.hpp>

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

/// As open_envelope(), for what is usual: the body of a Point below 16 KiB and nothing else. Empty:
/// ask open_envelope(). Never throws.
[[gnu::always_inline]] inline std::string_view usual_point(std::string_view message) {
  constexpr std::size_t key = 2;
  if (message.size() < key || message[0] != '\x8a' || message[1] != '\x01') return {};
  const auto [length, size] = read_short_length(message.substr(key));
  const auto head = key + size;
  return size != 0 && length == message.size() - head ? message.substr(head) : std::string_view();
}

class point_decoder {
 public:
  /// Reads a Point message; `p` gets views into it, its memory is reused.
  ///
  /// Errors: protocol_error, `p` is then unspecified.
  static void decode(std::string_view message, point& p);

 private:
  friend class udf::point;
  static const char* take_time(const char* at, const char* end, point& p);
  static const char* take_header(const char* at, const char* end, point& p);
  static const char* take_fields(const char* at, const char* end, point& p);
  static void take_rest(std::string_view message, const char* at, point& p);
  static void read_header(std::string_view piece, const point& p);
};

class batch_decoder {
 public:
  /// Reads a BeginBatch message; `b` gets views into it. Errors: protocol_error
  static void decode(std::string_view message, batch& b);
  /// Reads an EndBatch message; `e` gets views into it. Errors: protocol_error
  static void decode(std::string_view message, batch_end& e);
};

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
