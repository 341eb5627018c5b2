#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/process/owned_fd.hpp"
#include "metrics/group_watches.hpp"
#include "metrics/short_text.hpp"
#include "metrics/work_times.hpp"
#include "session/totals.hpp"

namespace kapacitor::udf::metrics {

/// What a connection has done so far.
struct score {
  agent::session_totals now;       // since its worker has it
  agent::session_totals snapshot;  // the same when the last snapshot was taken
  work_times work;
  std::int64_t newest = 0;  // the time of the newest point, ns since 1970; 0: there was none
  // Of the last snapshot, if there is no supervisor that knows of it: bytes, when (ns since 1970),
  // and how long all of them took together (ns).
  std::uint64_t snapshot_bytes = 0, snapshot_at = 0, snapshot_time = 0;
};

/// What a connection has warned of last, as the log has it.
struct warning {
  std::uint64_t at = 0;  // ns since 1970; 0: never
  short_text<248> text;
};

/// Memory that several processes share: a seat for each connection, on which the thread that serves
/// it writes what it has done, and which anybody reads meanwhile. Nobody waits for anybody.
///
/// Threads: any; a seat is written by one thread at a time
class scoreboard {
 public:
  static constexpr std::size_t seats = 4096;
  /// No seat: what is written there goes nowhere.
  static constexpr std::size_t nowhere = seats;

  /// A new one. Errors: start_error
  scoreboard();
  /// One that another process has made. Errors: start_error, also if it is of another release
  explicit scoreboard(owned_fd file);
  scoreboard(scoreboard&& other) noexcept;
  scoreboard& operator=(scoreboard&&) = delete;
  ~scoreboard();

  /// For the processes that are to share it.
  int descriptor() const { return file_.get(); }

  void write(std::size_t seat, const score& s) noexcept;
  /// What was written last; all 0 if nothing was, or if who writes has died while writing.
  score read(std::size_t seat) const noexcept;
  void warn(std::size_t seat, const warning& w) noexcept;
  warning warned(std::size_t seat) const noexcept;

  /// Asks for the points of a group; by one thread at a time.
  watched_group watch(std::size_t seat, const watch_request& r);
  group_watches& watches() noexcept;
  /// Of the seat's connection: a bit for each watch that is to see it.
  std::atomic<std::uint64_t>& wanted(std::size_t seat) noexcept;

  /// Nothing was ever written.
  void clear(std::size_t seat) noexcept;

 private:
  struct memory;
  void map();

  owned_fd file_;
  memory* memory_ = nullptr;
};

}  // namespace kapacitor::udf::metrics
