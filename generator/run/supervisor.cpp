#include "run/supervisor.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

constexpr auto clock_check = std::chrono::seconds(5);
constexpr auto hung_after = std::chrono::seconds(1);

}  // namespace

supervisor::supervisor(const settings& s, parts p)
    : settings_(s), parts_(p), progress_(s, s.to == destination::standard_output, p.out) {}

void supervisor::run(workload::beginning b) {
  clock_watch_ = {b.steady, b.wall};
  progress_.begin(b.steady);
  while (parts_.workers.running() > 0) {
    const auto now = std::chrono::steady_clock::now();
    handle_signals(now);
    check_clock(now);
    if (now >= progress_.due()) progress_.show(now, parts_.workers.totals());
    parts_.loop.run_until(std::min({progress_.due(), force_at_, now + clock_check}));
  }
}

void supervisor::worker_ended(std::size_t index) {
  const auto& failure = parts_.workers.take_ended(index);
  if (!failure) return;
  parts_.report.ended(*failure);
  parts_.workers.abort();
}

void supervisor::handle_signals(steady_time now) {
  const int signals = parts_.loop.signals();
  if (signals > 0 && !std::exchange(stopping_, true)) stop(now);
  if (signals > 1 && !std::exchange(forced_, true)) {
    parts_.report.forced({exit_code::forced, "forced to stop by a second signal"});
    force_at_ = now + hung_after;
    parts_.workers.abort();
  }
  if (now >= force_at_) leave_hung();
}

void supervisor::stop(steady_time now) {
  force_at_ = now + settings_.shutdown_timeout + hung_after;
  parts_.workers.stop(now + settings_.shutdown_timeout);
  std::uint64_t unsent = 0;
  for (const auto& leg : parts_.workers.totals().legs) unsent += leg.points.unsent;
  parts_.out.log(log_level::info,
                 log_line("stopping")
                     .add("unsent", unsent)
                     .add("shutdown_timeout", short_duration(settings_.shutdown_timeout)));
}

/// A thread that hangs in a write, such as to a pipe that nobody reads, can be neither asked nor
/// waited for.
void supervisor::leave_hung() {
  parts_.out.log(log_level::error,
                 log_line("stopped in the middle of a write that hangs, no summary"));
  std::_Exit(forced_ ? 130 : 1);
}

void supervisor::make_database_again() {
  // Several lanes ask at once; one answer is for all that have asked by then.
  if (std::exchange(database_asked_, true)) return;
  const auto a = parts_.server->create_database();
  // A database that went took its subscriptions with it.
  try {
    if (a.status == 200) parts_.server->subscribe();
  } catch (const run_ended& end) {
    if (end.code() != exit_code::success) {  // success: a signal, which run() looks at next
      parts_.report.forced(end);
      parts_.workers.abort();
    }
  }
  parts_.server->hang_up();
  database_asked_ = false;
  parts_.workers.database_answered(a);
}

void supervisor::check_clock(steady_time now) {
  if (settings_.start || settings_.stamp_when_sent) return;
  const auto apart = clock_watch_.moved(now, wall_time());
  if (!apart) return;
  parts_.out.log(log_level::warn,
                 log_line("clock was set, points keep the time counted from the start")
                     .add("by", short_duration(*apart)));
}

}  // namespace kapacitor::generator
