#include "server/score_keeper.hpp"

#include <utility>

namespace kapacitor::udf::server {
namespace {

std::uint64_t wall_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

}  // namespace

log_sink score_keeper::remembering(log_sink log) {
  auto write = [this, on = std::move(log.write), least = log.least](log_level level,
                                                                    std::string_view text) {
    if (level >= log_level::warn) board_.warn(seat_, {wall_time(), metrics::short_text<248>(text)});
    if (on && level >= least) on(level, text);
  };
  return {std::min(log.least, log_level::warn), std::move(write)};
}

void score_keeper::show(agent::session& s) {
  shown_ = tap_.is_watched(std::chrono::steady_clock::now().time_since_epoch());
  s.show_to(shown_ ? &tap_ : nullptr);
}

void score_keeper::after_work(const agent::session& s, std::chrono::nanoseconds took) {
  const auto snapshots = score_.now.snapshots;
  score_.work.add(took);
  score_.now = s.totals();
  score_.snapshot = s.totals_of_snapshot();
  score_.newest = s.newest();
  if (score_.now.snapshots != snapshots) {
    score_.snapshot_bytes = score_.now.snapshot_bytes;
    score_.snapshot_at = wall_time();
    score_.snapshot_time += static_cast<std::uint64_t>(took.count());
  }
  board_.write(seat_, score_);
}

}  // namespace kapacitor::udf::server
