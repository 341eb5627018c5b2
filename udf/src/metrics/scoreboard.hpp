#pragma once

#include <cstddef>
#include <cstdint>

#include "base/process/owned_fd.hpp"
#include "metrics/work_times.hpp"
#include "session/totals.hpp"

namespace kapacitor::udf::metrics {

/// What a connection has done so far.
struct score {
  agent::session_totals now;       // since its worker has it
  agent::session_totals snapshot;  // the same when the last snapshot was taken
  work_times work;
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
  /// Nothing was ever written.
  void clear(std::size_t seat) noexcept;

 private:
  struct seat_memory;
  void map();

  owned_fd file_;
  seat_memory* memory_ = nullptr;
};

}  // namespace kapacitor::udf::metrics
