#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace kapacitor::generator {

using steady_time = std::chrono::steady_clock::time_point;

/// Lines of line protocol that are sent in one request.
struct batch {
  std::string lines;  // each ends in a newline
  std::size_t points = 0;
  steady_time due{};   // when its first point was to be generated
  unsigned tries = 0;  // requests made with it so far
};

/// Collects lines into batches and hands on each one that is full.
///
/// Threads: one at a time
class batcher {
 public:
  struct limits {
    std::size_t points = 5000;
    std::size_t bytes = std::size_t{8} << 20U;
  };

  batcher(limits l, std::function<void(batch&&)> ready) : limits_(l), ready_(std::move(ready)) {}

  /// When the lines that follow were to be generated.
  void set_due(steady_time due) { due_ = due; }

  /// Room for one line of up to `size` bytes.
  char* begin_line(std::size_t size);
  /// The line is what was written from begin_line()'s result up to here.
  void end_line(const char* end);

  /// Hands on what there is.
  void flush();

  bool empty() const { return open_.points == 0; }
  /// When the first line in the open batch was due.
  steady_time oldest() const { return open_.due; }

 private:
  limits limits_;
  std::function<void(batch&&)> ready_;
  steady_time due_{};
  batch open_;
  std::size_t used_ = 0;      // of open_.lines, whose size is what is reserved
  std::size_t expected_ = 0;  // bytes: a little more than the last batch held
};

/// Cuts a batch after half of its lines; returns the second half.
///
/// REQUIRES: two points at least
batch split(batch& b);

}  // namespace kapacitor::generator
