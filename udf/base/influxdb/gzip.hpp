#pragma once

#include <memory>
#include <string_view>

namespace kapacitor::inline base {

/// Compresses one text after the other into the same memory.
///
/// Threads: one at a time
class gzip {
 public:
  /// Level: 1 (fast) to 9 (small).
  explicit gzip(int level);
  ~gzip();
  gzip(const gzip&) = delete;
  gzip& operator=(const gzip&) = delete;

  /// Valid until the next call.
  std::string_view compress(std::string_view text);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace kapacitor::inline base
