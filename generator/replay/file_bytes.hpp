#pragma once

#include <string>
#include <string_view>

#include <boost/interprocess/mapped_region.hpp>

namespace kapacitor::generator {

/// The bytes of a file: mapped, or, where it is gzip, unpacked into memory.
///
/// Errors: usage_error, which names the file: not there, no regular file, empty, a damaged or cut
///         off gzip, no text (UTF-16, a zip, …)
class file_bytes {
 public:
  explicit file_bytes(const std::string& path);

  /// Lifetime: that of this object, while nobody shortens the file.
  std::string_view text() const { return text_; }

 private:
  boost::interprocess::mapped_region region_;
  std::string unpacked_;
  std::string_view text_;
};

}  // namespace kapacitor::generator
