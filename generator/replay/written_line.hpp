#pragma once

#include <string>
#include <string_view>

#include "replay/replay_file.hpp"

namespace kapacitor::generator {

/// The lines of a file of points as they will be sent, without their times, to be read again.
class written_line {
 public:
  explicit written_line(const replay_file& file) : file_(file) {}

  /// Lifetime: until the next call. Errors: run_ended if the file was shortened
  std::string_view of(const index_entry& e) {
    if (const auto most = file_.most(e); text_.size() < most) text_.resize(2 * most);
    const char* end = file_.write(e, memory_, text_.data());
    return {text_.data(), static_cast<std::size_t>(end - text_.data())};
  }

 private:
  const replay_file& file_;
  csv_record memory_;
  std::string text_;
};

}  // namespace kapacitor::generator
