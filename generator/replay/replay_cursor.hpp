#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "replay/replay_file.hpp"

namespace kapacitor::generator {

/// The part of the series that one of several feeds replays.
struct replay_shard {
  std::uint32_t number = 0, of = 1;
  bool has(const index_entry& e) const { return e.series % of == number; }
};

/// Goes over the points of a file, pass after pass if it loops, and stops at those of its shard.
class replay_cursor {
 public:
  struct limits {
    bool loop = false;
    std::uint64_t points = 0;  // of all shards together; 0: no limit
  };
  /// `shift` is added to all times. ns
  replay_cursor(const replay_file& file, replay_shard shard, std::int64_t shift, limits l);

  /// Whether there is no further point.
  bool at_end() const { return at_end_; }
  void next();

  const index_entry& entry() const { return file_.points()[at_]; }
  /// Which point of its pass it is.
  std::size_t place() const { return at_; }
  std::uint64_t pass() const { return pass_; }
  /// ns; strictly later than any of the pass before
  std::int64_t time() const { return entry().time + shift_; }
  std::int64_t shift() const { return shift_; }

 private:
  void find();
  bool begin_pass();
  bool within_limits();

  const replay_file& file_;
  replay_shard shard_;
  limits limits_;
  std::int64_t pass_length_ = 0;
  std::int64_t shift_;
  std::size_t at_ = 0;
  std::uint64_t pass_ = 0;
  bool at_end_ = false;
};

}  // namespace kapacitor::generator
