#include "run/runner.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <utility>

#include <fmt/format.h>

#include "run/units.hpp"

namespace kapacitor::generator {
namespace {

constexpr auto drain_limit = std::chrono::seconds(30);
constexpr int reader_gone = 410;

steady_time now() {
  return std::chrono::steady_clock::now();
}

std::int64_t wall_time() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

int runner::run() {
  try {
    if (preparation_) preparation_->run();
    make_feed();
    loop();
  } catch (const run_ended& end) {
    ended_ = end;
  }
  conclude();
  return exit_code();
}

void runner::loop() {
  if (settings_.max_retry_time.count() > 0) {
    delivery_->limit_retries(now(), settings_.max_retry_time);
  }
  const bool shows = console_.is_terminal() ? !settings_.dry_run : settings_.verbose;
  if (shows && settings_.progress.count() > 0) progress_at_ = started_ + settings_.progress;
  shown_at_ = started_;
  while (step()) {
  }
}

bool runner::step() {
  const auto t = now();
  if (handle_signals(t)) return false;
  feed_->produce(t);
  if (feed_->finished()) end_of_feed(t);
  check_clock(t);
  if (t >= progress_at_) show_progress(t);
  const auto action = delivery_->next(t);
  if (!act(action)) return false;
  if (action.what == delivery::step::wait || action.what == delivery::step::idle) {
    loop_.run_until(std::min({feed_->wake(now()), action.until, stop_by_, progress_at_}));
  }
  return true;
}

bool runner::act(const delivery::action& a) {
  switch (a.what) {
    case delivery::step::send:
      target_->send(delivery_->head(), [this](answer got) {
        if (got.status == reader_gone && !server_) reader_left_ = true;
        delivery_->answered(got, now());
      });
      return true;
    case delivery::step::wait:
      return true;
    case delivery::step::idle:
      return !feed_->finished();
    case delivery::step::create_database:
      make_database_again();
      return true;
    case delivery::step::refused:
      if (!reader_left_) ended_.emplace(server_ ? 4 : 1, delivery_->why());
      return false;
    case delivery::step::give_up:
      ended_.emplace(3, fmt::format("{} has not taken our points for too long: giving up",
                                    server_ ? server_->name() : "stdout"));
      return false;
  }
  return false;
}

bool runner::handle_signals(steady_time t) {
  const int signals = loop_.signals();
  if (signals > 1) {
    ended_.emplace(130, "forced to stop by a second signal");
    return true;
  }
  if (signals == 1 && stop_by_ == steady_time::max()) {
    feed_->stop();
    stop_by_ = t + settings_.shutdown_timeout;
    const auto unsent = delivery_->totals().unsent;
    console_.log(log_level::info,
                 unsent == 0 ? "stopping"
                             : fmt::format("stopping: sending the {} points that are left, for up "
                                           "to {}",
                                           unsent, short_duration(settings_.shutdown_timeout)));
  }
  return t >= stop_by_;
}

void runner::end_of_feed(steady_time t) {
  if (std::exchange(feed_ended_, true)) return;
  if (settings_.max_retry_time.count() == 0) delivery_->limit_retries(t, drain_limit);
}

void runner::make_database_again() {
  const auto a = server_->create_database();
  delivery_->database_answered(a, now());
  // A database that went took its subscriptions with it.
  if (a.status != 200) return;
  try {
    preparation_->subscribe();
  } catch (const run_ended& end) {
    if (end.code() != 0) throw;  // 0: a signal, which step() looks at next
  }
}

void runner::check_clock(steady_time t) {
  if (settings_.start || clock_warned_) return;
  const auto elapsed = std::chrono::nanoseconds(t - started_).count();
  const auto apart = std::chrono::nanoseconds(wall_time() - feed_->times().time(0) - elapsed);
  if (std::chrono::abs(apart) < std::chrono::seconds(1)) return;
  clock_warned_ = true;
  console_.log(log_level::warn,
               fmt::format("the machine's clock was set by {}; points keep the time "
                           "counted from the start",
                           short_duration(apart)));
}

void runner::show_progress(steady_time t) {
  const auto p = delivery_->totals();
  const auto seconds = std::chrono::duration<double>(t - shown_at_).count();
  const auto text = fmt::format(
      "{:.0f}s  {:.1f} points/s  lag {}  accepted {}  rejected {}  dropped {}  waiting {}  retries "
      "{}",
      std::chrono::duration<double>(t - started_).count(),
      static_cast<double>(p.accepted - shown_) / seconds,
      short_duration(feed_->lateness().quantile(0.99)), p.accepted, p.rejected, p.dropped, p.unsent,
      p.retries);
  if (console_.is_terminal()) {
    console_.show_progress(text);
  } else {
    console_.log(log_level::info, text);
  }
  shown_ = p.accepted;
  shown_at_ = t;
  progress_at_ = std::max(progress_at_ + settings_.progress, t);
}

int runner::exit_code() const {
  if (ended_ && ended_->code() != 0) return ended_->code();
  if (reader_left_) return 0;
  if (truth_ && !truth_->error().empty()) return 1;
  const auto p = delivery_->totals();
  if (p.unsent > 0) return delivery_->failing() ? 3 : 1;
  return p.rejected + p.dropped > 0 ? 1 : 0;
}

void runner::conclude() {
  target_->cancel();
  if (feed_) feed_->stop();
  if (truth_) truth_->finish();
  summary s;
  s.points = delivery_->totals();
  s.service_time = delivery_->service_time();
  s.time_from_schedule = delivery_->time_from_schedule();
  if (feed_) {
    s.elapsed = now() - started_;
    s.lateness = feed_->lateness();
    s.ticks_skipped = feed_->skipped();
  }
  s.labels = truth_ ? truth_->written() : 0;
  s.exit_code = exit_code();
  s.error = ended_ ? ended_->what() : truth_ ? truth_->error() : std::string();
  s.seed = settings_.seed;
  s.scenario = settings_.scenario;
  s.target = server_ ? server_->name() : "stdout";
  if (!s.error.empty()) {
    console_.log(s.exit_code == 0 ? log_level::info : log_level::error, s.error);
  }
  if (feed_ && !settings_.quiet) console_.print(to_text(s));
  if (settings_.report == "-") std::cout << to_json(s) << std::endl;
  if (settings_.report.empty() || settings_.report == "-") return;
  std::ofstream file(settings_.report);
  if (!(file << to_json(s) << '\n' << std::flush)) {
    console_.log(log_level::error, "--report: cannot write " + settings_.report);
  }
}

}  // namespace kapacitor::generator
