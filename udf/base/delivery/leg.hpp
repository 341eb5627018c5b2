#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/delivery/delivery.hpp"
#include "base/delivery/leg_tally.hpp"
#include "base/delivery/target.hpp"
#include "base/text/error.hpp"

namespace kapacitor {

/// One place that a lane's points go to: a delivery does what its target can.
///
/// Threads: one at a time
class leg {
 public:
  struct plan {
    delivery::settings how;
    std::unique_ptr<target> to;
    exit_code refused_code = exit_code::refused;  // of the run's end, if the points are refused
  };
  struct hooks {
    log_fn log;
    /// The database is to be created; then database_answered() is to be called, by this thread.
    std::function<void()> create_database;
    /// An answer came, after which pump() may have something to do.
    std::function<void()> answered;
  };

  leg(plan p, hooks h);
  ~leg();

  void add(batch&& b) { delivery_.add(std::move(b)); }
  /// Does all that can be done now. Returns: when to call again, at the latest.
  steady_time pump(steady_time now);
  void database_answered(const server_answer& a, steady_time now);
  void limit_retries(steady_time now, std::chrono::nanoseconds most) {
    delivery_.limit_retries(now, most);
  }
  void cancel() { target_->cancel(); }

  /// Nothing is waiting or under way.
  bool idle() const { return idle_; }
  bool full() const;
  std::uint64_t rejected() const { return delivery_.rejected(); }
  /// Why no more points can be brought there, and what that means for the run.
  const std::optional<run_ended>& ended() const { return ended_; }
  leg_tally totals() const;
  account points() const { return delivery_.totals(); }
  /// Bytes of what is waiting or under way.
  std::size_t memory() const { return delivery_.memory(); }

 private:
  void send();

  std::string name_;
  exit_code refused_code_;
  hooks hooks_;
  delivery delivery_;
  std::unique_ptr<target> target_;
  bool idle_ = true, pumping_ = false, creating_ = false, reader_left_ = false;
  std::optional<run_ended> ended_;
};

}  // namespace kapacitor
