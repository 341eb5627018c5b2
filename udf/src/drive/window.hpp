#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace kapacitor::udf::host {

/// When the points of a group become a batch, as Kapacitor's window node has it. Either by the
/// points' times (ns) or by their number.
struct window_settings {
  enum class unit { none, time, count } by = unit::none;
  std::int64_t period = 0, every = 0;  // ns or points; every 0 with times: at each point
  bool align = false;                  // emit at whole multiples of `every`; times only
  bool fill_period = false;            // the first batch only once a whole period is there
};

/// Reads --window "10s/5s" (one value: both). Errors: usage_error
window_settings parse_time_window(std::string_view text);
/// Reads --window-count "10/5" (one value: both). Errors: usage_error
window_settings parse_count_window(std::string_view text);

/// The window of one group. Points are kept as whole encoded frames: a point looks the same in
/// every batch that it is part of.
///
/// What has not been emitted at the end of the input stays behind, as in Kapacitor.
class window {
 public:
  struct kept_point {
    std::int64_t time;
    std::string frame;
  };
  /// Takes a batch: its tmax and its points, valid during the call.
  using send_fn = std::function<void(std::int64_t tmax, const std::deque<kept_point>& points)>;

  window(const window_settings& settings, std::int64_t first_time);

  /// Adds a point; calls `send` when a batch is due, by this point's time or as it is complete.
  void add(std::int64_t time, std::string_view frame, const send_fn& send);

  /// How many points have not been in any batch yet.
  std::size_t waiting() const { return waiting_; }

 private:
  void emit(std::int64_t tmax, const send_fn& send);
  void keep(std::int64_t time, std::string_view frame);
  void purge(std::int64_t oldest);
  void add_counted(std::int64_t time, std::string_view frame, const send_fn& send);

  window_settings settings_;
  std::int64_t next_emit_ = 0;  // a time, or a count
  std::int64_t count_ = 0;
  std::size_t waiting_ = 0;
  std::deque<kept_point> kept_;
};

}  // namespace kapacitor::udf::host
