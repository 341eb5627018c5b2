#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/line/buffer_pool.hpp"

namespace kapacitor {

using steady_time = std::chrono::steady_clock::time_point;

/// Lines of line protocol that are sent in one request. Copies share the text.
struct batch {
  std::string_view lines;  // each ends in a newline
  std::size_t points = 0;
  steady_time due{};   // when its first point was to be generated
  unsigned tries = 0;  // requests made with it so far
  shared_text text{};  // what `lines` is a part of; null: somebody else keeps it

  /// Bytes that are in use as long as the batch is there.
  std::size_t memory() const { return text ? text->capacity() : lines.size(); }
};

/// A batch that keeps its own text.
batch batch_of(std::string lines, std::size_t points, steady_time due = {});

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
  char* begin_line(std::size_t size) {
    if (used_ + size > room_ || used_ + size > limits_.bytes) make_room(size);
    return data_ + used_;
  }
  /// The line is what was written from begin_line()'s result up to here.
  void end_line(const char* end) {
    if (points_ == 0) oldest_ = due_;
    used_ = static_cast<std::size_t>(end - data_);
    if (++points_ >= limits_.points) flush();
  }

  /// Hands on what there is.
  void flush();

  bool empty() const { return points_ == 0; }
  /// When the first line in the open batch was due.
  steady_time oldest() const { return oldest_; }

 private:
  void make_room(std::size_t size);

  limits limits_;
  std::function<void(batch&&)> ready_;
  steady_time due_{}, oldest_{};
  buffer_pool pool_;
  std::shared_ptr<std::string> open_;  // its size is what is reserved
  char* data_ = nullptr;               // of open_
  std::size_t room_ = 0, used_ = 0;    // bytes of it
  std::size_t points_ = 0;
  std::size_t expected_ = 0;  // bytes: a little more than the last batch held
};

/// Cuts a batch after half of its lines; returns the second half.
///
/// REQUIRES: two points at least
batch split(batch& b);

}  // namespace kapacitor
