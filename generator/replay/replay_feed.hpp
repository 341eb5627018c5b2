#pragma once

#include <chrono>
#include <cstdint>

#include "replay/replay_cursor.hpp"
#include "replay/replay_labels.hpp"
#include "source/feed.hpp"

namespace kapacitor::generator {

/// Replays the points of a file: the one with time t is due (t - first) / speed after the start.
///
/// Lifetime: the file must outlive it. Several feeds may share one file, each with its shard.
/// Errors:   usage_error from the constructor where `rebase` moves points out of the range of times
/// Cost:     no allocation for a point in steady state
class replay_feed final : public feed {
 public:
  struct plan {
    double speed = 1;             // 0: as fast as they are taken
    bool rebase = false;          // the first point has start_time, distances are kept
    std::int64_t start_time = 0;  // ns since 1970-01-01 UTC
    bool loop = false;            // until a limit or stop(), or until times leave the year 2262
    std::uint64_t points = 0;     // to make in all, all shards together; 0: no limit
    // Points due before that, at full speed those of as much time in the file; 0: no limit.
    std::chrono::nanoseconds duration{};
    replay_shard shard;
    std::int64_t time_unit = 1;  // ns, of the times that are written
    std::chrono::nanoseconds flush = std::chrono::milliseconds(100);  // the longest a point waits
    batcher::limits batch;
  };
  /// `on_label` may be empty.
  replay_feed(const replay_file& file, const plan& p, replay_label_sink on_label,
              steady_time start);

  void produce(steady_time now, batch_sink& to) override;
  steady_time wake(steady_time now, const batch_sink& to) const override;
  void stop(batch_sink& to) override;

  bool finished() const override { return finished_; }
  const histogram& lateness() const override { return lateness_; }
  std::int64_t skipped() const override { return 0; }
  /// Points made so far.
  std::uint64_t made() const { return made_; }

 private:
  bool at_once() const { return plan_.speed == 0; }
  steady_time deadline() const;
  bool over() const;
  void make(steady_time due);
  std::size_t make_some(std::size_t most, steady_time now);
  void flush_if_due(steady_time now);
  void end();

  const replay_file& file_;
  plan plan_;
  steady_time start_;
  batch_sink* sink_ = nullptr;  // of the call under way
  batcher batcher_;
  replay_cursor cursor_;
  replay_labels labels_;
  std::int64_t first_time_;  // of all points
  csv_record memory_;
  std::uint64_t made_ = 0;
  bool finished_ = false;
  histogram lateness_;
};

/// The plan that settings ask for; what they do not say keeps its default.
replay_feed::plan plan_of(const replay_settings& s);

}  // namespace kapacitor::generator
