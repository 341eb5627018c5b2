#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/text/held_text.hpp"

namespace kapacitor::generator {

/// The bytes of a file: mapped, or, where it is gzip, unpacked into memory.
///
/// Somebody may shorten the file meanwhile, as logrotate's copytruncate does. What was in the part
/// that is gone reads as zeros then, and intact() says so.
///
/// Errors: usage_error, which names the file: not there, no regular file, empty, a damaged or cut
///         off gzip, one that unpacks to more than `most_unpacked` bytes, no text (UTF-16, a zip,
///         …)
class file_bytes {
 public:
  explicit file_bytes(const std::string& path, std::size_t most_unpacked = most_held_text());
  ~file_bytes();

  /// Lifetime: that of this object.
  std::string_view text() const { return text_; }
  /// Whether everything that was read so far was there. Threads: any
  bool intact() const;
  /// The same, without asking the system: what intact() would find may come a little later.
  bool seems_intact() const;

 private:
  class mapping;

  std::unique_ptr<mapping> mapping_;  // null: unpacked
  std::string unpacked_;
  std::string_view text_;
};

}  // namespace kapacitor::generator
