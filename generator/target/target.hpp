#pragma once

#include <functional>

#include "delivery/answer.hpp"
#include "line/batch.hpp"

namespace kapacitor::generator {

/// Where batches go.
///
/// Threads: one at a time
class target {
 public:
  target() = default;
  target(const target&) = delete;
  target& operator=(const target&) = delete;
  virtual ~target() = default;

  /// Sends the batch, which must stay as it is until then; `done` is called once, now or later,
  /// unless cancel() comes first.
  virtual void send(const batch& b, std::function<void(answer)> done) = 0;
  virtual void cancel() {}
};

/// Writes line protocol to a file descriptor, such as that of stdout.
class file_target final : public target {
 public:
  explicit file_target(int file) : file_(file) {}

  /// Errors: an answer of 403 with the reason; 410 where nobody reads the pipe any more
  void send(const batch& b, std::function<void(answer)> done) override;

 private:
  int file_;
};

}  // namespace kapacitor::generator
