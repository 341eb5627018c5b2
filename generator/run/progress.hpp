#pragma once

#include <cstdint>

#include "run/console.hpp"
#include "run/settings.hpp"
#include "run/tally.hpp"

namespace kapacitor::generator {

/// Shows how a run gets on: on a terminal in one line, otherwise in the log if that is wanted.
///
/// Threads: one at a time
class progress {
 public:
  /// `stdout_taken`: by the points, which a terminal shows already.
  progress(const report_settings& s, bool stdout_taken, console& out)
      : settings_(s), stdout_taken_(stdout_taken), console_(out) {}

  void begin(steady_time now);
  /// When show() is to be called next; max: never.
  steady_time due() const { return due_; }
  void show(steady_time now, const tally& so_far);

 private:
  const report_settings& settings_;
  bool stdout_taken_;
  console& console_;
  steady_time began_{}, shown_at_{};
  steady_time due_ = steady_time::max();
  std::uint64_t shown_ = 0;  // accepted points when it was last shown
};

}  // namespace kapacitor::generator
