#pragma once

#include <functional>

#include "base/influxdb/server_answer.hpp"
#include "base/line/batch.hpp"

namespace kapacitor {

/// Where the batches of one lane go.
///
/// Threads: one at a time
class target {
 public:
  /// A status of its own: whoever read what was written has gone.
  static constexpr int reader_gone = -1;
  /// And: what is no server, such as a file, takes nothing any more.
  static constexpr int not_written = -2;

  target() = default;
  target(const target&) = delete;
  target& operator=(const target&) = delete;
  virtual ~target() = default;

  /// Sends the batch, which must stay as it is until then; `done` is called once, now or later,
  /// unless cancel() comes first.
  virtual void send(const batch& b, std::function<void(server_answer)> done) = 0;
  virtual void cancel() {}
};

/// Takes everything and does nothing with it.
class null_target final : public target {
 public:
  void send(const batch&, std::function<void(server_answer)> done) override { done({204}); }
};

}  // namespace kapacitor
