#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

namespace kapacitor::generator {

/// Shows the first lines of the stream to a reader, each once.
///
/// Threads: any
class line_sample {
 public:
  line_sample(std::uint64_t lines, std::function<void(std::string_view)> show)
      : left_(lines), show_(std::move(show)) {}

  void offer(std::string_view lines);

 private:
  std::atomic<std::uint64_t> left_;
  std::mutex mutex_;
  std::function<void(std::string_view)> show_;
};

/// What all lanes of a run share.
///
/// Threads: any
struct run_state {
  line_sample sample;
  std::uint64_t max_rejected = 0;  // points; 0: no limit
  std::atomic<std::uint64_t> rejected{0};
};

}  // namespace kapacitor::generator
