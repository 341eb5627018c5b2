#pragma once

#include <functional>
#include <string>

#include "base/text/error.hpp"
#include "drive/emitted.hpp"

namespace kapacitor::udf::host {

/// Where emitted points go.
///
/// Never loses a point in silence: each ends up in totals::written or totals::stored, or among the
/// lost with a reason.
class output {
 public:
  virtual ~output() = default;
  virtual void write(const emitted_point& p) = 0;
  virtual void write_batch_end(const emitted_batch&) {}
  /// Nothing more comes for the moment: hand on what there is.
  virtual void flush() {}
  /// Whether it can take more; on_room is called when it can again.
  virtual bool has_room() const = 0;
  /// Hands on everything, then calls `done`.
  virtual void finish(std::function<void()> done) = 0;
  /// Gives up what is not handed on yet, and counts it as lost. finish() then ends soon.
  virtual void give_up() {}

  std::function<void()> on_room;
  std::function<void(const run_ended& why)> on_failed;  // it will take nothing more
};

}  // namespace kapacitor::udf::host
