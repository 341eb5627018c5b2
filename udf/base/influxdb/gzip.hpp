#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kapacitor {

/// Whether some bytes begin like a gzip stream.
bool looks_like_gzip(std::string_view bytes);

/// Unpacks gzip, piece by piece.
class gzip_reader {
 public:
  gzip_reader();
  ~gzip_reader();

  /// Appends what `bytes` unpack to. Errors: std::runtime_error if they are no gzip
  void unpack(std::string_view bytes, std::string& to);
  /// Whether everything has come; otherwise the stream was cut off.
  bool complete() const { return complete_; }

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
  bool complete_ = false;
};

/// Reads "off" (0) or a level from 1 (fast) to 9 (small). Errors: usage_error, without a flag's
/// name
int parse_gzip_level(std::string_view text);

/// Packs to gzip, piece by piece, one text after the other.
class gzip_writer {
 public:
  /// Level: 1 (fast) to 9 (small).
  explicit gzip_writer(int level = 6);
  ~gzip_writer();

  /// Appends what `bytes` pack to; with `last` everything, and the next call begins another gzip.
  void pack(std::string_view bytes, bool last, std::string& to);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Unpacks a whole gzip. Errors: std::runtime_error if it is none, is cut off, or unpacks to
/// more than `limit` bytes
std::string unpacked(std::string_view bytes, std::size_t limit);

}  // namespace kapacitor
