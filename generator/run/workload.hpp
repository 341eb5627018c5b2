#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/text/log.hpp"
#include "source/feed.hpp"

namespace kapacitor::generator {

/// What a run sends: as many feeds as it has lanes.
///
/// Threads: one at a time, but for the feeds: each is one thread's
class workload {
 public:
  /// The one moment all feeds begin at.
  struct beginning {
    steady_time steady;
    std::int64_t wall = 0;  // ns since 1970-01-01 UTC
  };

  workload() = default;
  workload(const workload&) = delete;
  workload& operator=(const workload&) = delete;
  virtual ~workload() = default;

  /// How many lanes it can be split over, at most.
  virtual std::size_t most_lanes() const = 0;
  /// What it is that most_lanes() counts, for the user: "series".
  virtual std::string lane_limit() const = 0;
  /// Whether points are made as fast as they are taken, not when they are due.
  virtual bool at_once() const = 0;
  /// The feed of lane number `index` of `lanes`; null if there is nothing for it. All of them
  /// together make the same points, however many they are.
  virtual std::unique_ptr<feed> make_feed(std::size_t index, std::size_t lanes, beginning b) = 0;

  /// What the user should know before it begins at that time, ns since 1970-01-01 UTC.
  virtual std::vector<log_line> warnings(std::int64_t) const { return {}; }

  /// What its random numbers follow from.
  virtual std::uint64_t seed() const { return 1; }

  /// Opens again the files that it writes beside the stream.
  virtual void reopen() {}
  /// All feeds have come to their end.
  virtual void finish() {}
  /// Rows of ground truth written.
  virtual std::uint64_t labels() const { return 0; }
  /// Why the ground truth is not complete; empty if it is.
  virtual std::string error() const { return {}; }
};

}  // namespace kapacitor::generator
