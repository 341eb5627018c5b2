#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kapacitor::udf::host {

/// Whether some bytes begin like a gzip stream.
bool looks_like_gzip(std::string_view bytes);

/// Unpacks gzip, piece by piece.
class gzip_reader {
 public:
  gzip_reader();
  ~gzip_reader();

  /// Appends what `bytes` unpack to. Errors: std::runtime_error where they are no gzip
  void unpack(std::string_view bytes, std::string& to);
  /// Whether everything has come; otherwise the stream was cut off.
  bool complete() const { return complete_; }

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
  bool complete_ = false;
};

/// Packs to gzip, piece by piece.
class gzip_writer {
 public:
  gzip_writer();
  ~gzip_writer();

  /// Appends what `bytes` pack to; with `last` everything.
  void pack(std::string_view bytes, bool last, std::string& to);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Unpacks a whole gzip. Errors: std::runtime_error where it is none, is cut off, or unpacks to
/// more than `limit` bytes
std::string unpacked(std::string_view bytes, std::size_t limit);

}  // namespace kapacitor::udf::host
