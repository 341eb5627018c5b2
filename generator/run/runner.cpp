#include "run/runner.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/text/units.hpp"
#include "run/progress.hpp"

namespace kapacitor::generator {
namespace {

// A worker that is busy making points answers within a few milliseconds; one that hangs in a write
// to a full pipe does not.
constexpr auto patience = std::chrono::milliseconds(200);
constexpr auto clock_check = std::chrono::seconds(5);
constexpr auto hung_after = std::chrono::seconds(1);

steady_time now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

int runner::run() {
  loop_.on_hangup([this] {
    console_.reopen();
    reopen_labels();
  });
  loop_.on_user_signal([this] { console_.print(to_text(make_summary())); });
  try {
    if (preparation_) {
      preparation_->run();
      preparation_->hang_up();
    }
    start();
    supervise();
  } catch (const run_ended& end) {
    ended_ = end;
  }
  return conclude();
}

/// By the thread that writes them: who writes labels has but one.
void runner::reopen_labels() {
  if (running_ == 0) return;
  workers_.front()->loop().post([this] { workload_->reopen(); });
}

void runner::supervise() {
  const bool shows =
      console_.is_terminal() ? settings_.to != destination::standard_output : settings_.progress_everywhere;
  if (shows && settings_.progress.count() > 0) progress_at_ = began_.steady + settings_.progress;
  shown_at_ = began_.steady;
  while (running_ > 0) {
    const auto t = now();
    handle_signals(t);
    check_clock(t);
    if (t >= progress_at_) show_progress(t);
    loop_.run_until(std::min({progress_at_, force_at_, t + clock_check}));
  }
}

void runner::worker_ended(std::size_t index) {
  --running_;
  ended_workers_[index] = true;
  workers_[index]->join();
  const auto& failure = workers_[index]->failure();
  if (!failure || ended_) return;
  ended_ = failure;
  for (auto& w : workers_) w->abort();
}

void runner::handle_signals(steady_time t) {
  const int signals = loop_.signals();
  if (signals > 0 && !std::exchange(stopping_, true)) stop(t);
  if (signals > 1 && !std::exchange(forced_, true)) {
    ended_.emplace(130, "forced to stop by a second signal");
    force_at_ = t + hung_after;
    for (auto& w : workers_) w->abort();
  }
  if (t >= force_at_) leave_hung();
}

void runner::stop(steady_time t) {
  force_at_ = t + settings_.shutdown_timeout + hung_after;
  for (auto& w : workers_) w->stop(t + settings_.shutdown_timeout);
  std::uint64_t unsent = 0;
  for (const auto& leg : so_far().legs) unsent += leg.points.unsent;
  console_.log(log_level::info,
               unsent == 0
                   ? "stopping"
                   : fmt::format("stopping: sending the {} points that are left, for up to {}",
                                 unsent, short_duration(settings_.shutdown_timeout)));
}

/// A thread that hangs in a write, such as to a pipe that nobody reads, can be neither asked nor
/// waited for.
void runner::leave_hung() {
  console_.log(log_level::error, "stopped in the middle of a write that hangs: no summary");
  std::_Exit(forced_ ? 130 : 1);
}

void runner::make_database_again() {
  // Several lanes ask at once; one answer is for all that have asked by then.
  if (std::exchange(database_asked_, true)) return;
  const auto a = preparation_->create_database();
  // A database that went took its subscriptions with it.
  try {
    if (a.status == 200) preparation_->subscribe();
  } catch (const run_ended& end) {
    if (end.code() != 0) {  // 0: a signal, which supervise() looks at next
      ended_ = end;
      for (auto& w : workers_) w->abort();
    }
  }
  preparation_->hang_up();
  database_asked_ = false;
  for (auto& w : workers_) w->database_answered(a);
}

void runner::check_clock(steady_time t) {
  if (settings_.start || settings_.stamp_when_sent) return;
  const auto apart = clock_watch_.moved(t, wall_time());
  if (!apart) return;
  console_.log(log_level::warn,
               fmt::format("the machine's clock was set by {}; points keep the time "
                           "counted from the start",
                           short_duration(*apart)));
}

void runner::show_progress(steady_time t) {
  const auto sum = so_far();
  std::uint64_t accepted = 0;
  for (const auto& leg : sum.legs) accepted += leg.points.accepted;
  const auto seconds = std::chrono::duration<double>(t - shown_at_).count();
  const auto text =
      progress_line(sum, t - began_.steady, static_cast<double>(accepted - shown_) / seconds);
  if (console_.is_terminal()) {
    console_.show_progress(text);
  } else {
    console_.log(log_level::info, text);
  }
  shown_ = accepted;
  shown_at_ = t;
  progress_at_ = std::max(progress_at_ + settings_.progress, t);
}

tally runner::so_far() {
  tally sum;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    auto& w = *workers_[i];
    if (ended_workers_[i]) {
      last_known_[i] = std::as_const(w).totals();
    } else if (auto current = w.totals(patience)) {
      last_known_[i] = std::move(*current);
    }
    sum += last_known_[i];
  }
  return sum;
}

}  // namespace kapacitor::generator
