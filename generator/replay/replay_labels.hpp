#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "replay/replay_cursor.hpp"

namespace kapacitor::generator {

/// An anomalous stretch of what was replayed. Times in ns, as the points were given them; both ends
/// belong to it. Lifetime: views live as long as the replay_file
struct replay_label {
  std::string_view file;  // as NAB's windows name it
  std::string_view measurement, field;
  std::int64_t start_ns = 0, end_ns = 0;
  bool truncated = false;  // its last points were not made: it ends with the last one that was
};

using replay_label_sink = std::function<void(const replay_label&)>;

/// Tells of each window when its last point has been made. Of several shards, the one tells that
/// has this point.
class replay_labels {
 public:
  replay_labels(const replay_file& file, replay_shard shard, replay_label_sink to);

  /// The cursor's point was made.
  void made(const replay_cursor& at);
  /// No more points are made: tells of the windows that have begun.
  void finish();

 private:
  void write(const replay_window& w, bool truncated);

  const replay_file& file_;
  replay_shard shard_;
  replay_label_sink to_;
  std::size_t window_ = 0;  // the next to end
  std::uint64_t pass_ = 0;
  std::size_t place_ = 0;  // of the last point that was made
  std::int64_t shift_ = 0;
  bool any_ = false;  // was made
};

}  // namespace kapacitor::generator
