#pragma once

#include <cstdint>
#include <string_view>

#include "wire/cursor.hpp"
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::wire {

/// Reads a Point message as views into it, without building a protobuf object.
///
/// Kapacitor writes the fields of a message in the order of their numbers, with lengths below 128.
/// Points of that form take the short way; any other order and form that protobuf allows takes the
/// long one.
/// Source: proto/udf.proto, Point
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
  static bool take_any_header(cursor& in, std::uint32_t key, point& p);
  static void take_rest(std::string_view message, const char* at, point& p);
  static void read_header(std::string_view piece, const point& p);
};

}  // namespace kapacitor::udf::wire
