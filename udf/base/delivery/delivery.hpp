#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/delivery/account.hpp"
#include "base/influxdb/server_answer.hpp"
#include "base/line/batch.hpp"
#include "base/net/backoff.hpp"
#include "base/numbers/histogram.hpp"
#include "base/text/log.hpp"

namespace kapacitor {

/// Brings batches to a server in their order, one request at a time, and keeps the account.
///
/// No I/O, no clock: the caller does what next() says and reports what came of it. A batch that
/// cannot be delivered now is tried again until it can, while those behind it wait; what exceeds
/// the backlog is dropped, oldest first. A batch that was tried once is never dropped: it may have
/// been stored though its answer was lost, and the account must not lie.
///
/// Threads: one at a time
class delivery {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  struct settings {
    std::string peer = "InfluxDB";
    nanoseconds max_age = std::chrono::seconds(120);  // between oldest and newest waiting
    std::size_t max_points = SIZE_MAX;
    std::size_t max_bytes = std::size_t{256} << 20U;
    bool create_database = true;
    backoff::limits retry{};
    std::uint64_t seed = 1;  // of the back-off's jitter
  };

  enum class step {
    send,             // head() now, then call answered()
    wait,             // until then, or until answered()
    idle,             // there is nothing to send
    create_database,  // then call database_answered()
    refused,          // the server takes none of our points: why() says why
    give_up           // the limit on retries has passed
  };
  struct action {
    step what = step::idle;
    steady_time until = steady_time::max();
  };

  delivery(settings s, log_fn log);

  void add(batch&& b);
  action next(steady_time now);
  /// The batch to send; unchanged and in place until answered().
  const batch& head() const { return *head_; }
  void answered(const server_answer& a, steady_time now);
  /// What came of creating the database.
  void database_answered(const server_answer& a, steady_time now);

  /// From now on, or from the last success if that is later, retries may go on for this long.
  void limit_retries(steady_time now, nanoseconds most);

  account totals() const;
  std::uint64_t rejected() const { return account_.rejected; }
  const std::string& why() const { return why_; }
  bool in_flight() const { return in_flight_; }
  bool failing() const { return failing_; }
  std::size_t waiting_batches() const { return waiting_.size(); }
  /// Bytes of what is waiting or under way.
  std::size_t memory() const;

  const histogram& service_time() const { return service_; }
  /// From when a batch's first point was due until it was accepted.
  const histogram& time_from_schedule() const { return from_schedule_; }

 private:
  log_line line(std::string_view phrase) const;
  steady_time give_up_at() const;
  bool over_limits() const;
  void drop_oldest();
  bool take_head();
  void count(const server_answer& a);
  void shrink(const server_answer& a, steady_time now);
  void done(std::size_t rejected, steady_time now);
  void reject(const server_answer& a, std::size_t rejected);
  void fail(const server_answer& a, steady_time now);
  void recover(steady_time now);
  void divide();
  void want_database(const server_answer& a);
  void refuse(const server_answer& a);
  bool passes(const server_answer& a) const;

  settings settings_;
  log_fn log_;
  backoff backoff_;
  account account_;
  histogram service_, from_schedule_;

  std::optional<batch> head_;
  std::deque<batch> waiting_;
  std::size_t waiting_points_ = 0, waiting_bytes_ = 0;
  std::size_t cap_ = SIZE_MAX;  // points the server takes at once

  bool in_flight_ = false, failing_ = false, dropping_ = false;
  bool refused_ = false, connected_ = false, database_wanted_ = false, database_tried_ = false,
       doubt_ = false;
  std::string why_;
  steady_time sent_{}, failing_since_{}, retry_at_{}, limit_from_{};
  nanoseconds limit_{0};              // 0: none
  std::uint64_t dropped_before_ = 0;  // the stretch of dropping
  std::uint64_t droppings_ = 0;       // such stretches
  struct rejection {
    std::string reason;       // the first message of its kind
    std::uint64_t times = 0;  // requests
  };
  std::map<std::string, rejection> rejections_;  // by kind
};

}  // namespace kapacitor
