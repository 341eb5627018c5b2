#pragma once

#include <cstdint>
#include <optional>

namespace kapacitor::udf::host {

/// When the points of a recording are due, and which times they get. Times in ns since 1970-01-01
/// UTC; whatever they are, nothing wraps.
class replay_clock {
 public:
  /// Speed: as file_input_settings have it. `move_to_now`: the first point is now.
  replay_clock(double speed, bool move_to_now) : speed_(speed), moves_(move_to_now) {}

  /// The time of a point; only the first one counts. Returns: whether it was that
  bool begin(std::int64_t time);
  /// How long the point has to wait, ns; not more than 0: it is due.
  std::int64_t wait(std::int64_t time) const;
  /// Returns: false if there is no such time
  bool move(std::int64_t& time) const;

 private:
  double speed_;
  bool moves_;
  std::optional<std::int64_t> first_;  // time of the first point
  std::int64_t began_ = 0;             // when it came
};

}  // namespace kapacitor::udf::host
