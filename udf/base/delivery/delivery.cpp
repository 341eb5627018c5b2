#include "base/delivery/delivery.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "base/text/units.hpp"

namespace kapacitor {
namespace {

/// Messages that differ only in numbers are the same message.
std::string without_digits(std::string_view message) {
  std::string kind;
  for (const char c : message.substr(0, 300)) {
    if (c < '0' || c > '9') kind += c;
  }
  return kind;
}

std::string first_line(std::string_view message) {
  return std::string(message.substr(0, std::min<std::size_t>(message.find('\n'), 300)));
}

std::string shortened(std::string_view message) {
  constexpr std::size_t most = 400;
  std::string text(message.substr(0, most));
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (message.size() > most) text += "...";
  return text;
}

log_line& add_problem(log_line& line, const server_answer& a) {
  if (a.status == 0) return line.add("error", a.message);
  return line.add("status", a.status).add("error", shortened(a.message));
}

std::string problem(const server_answer& a) {
  return a.status <= 0 ? a.message : fmt::format("{} {}", a.status, shortened(a.message));
}

}  // namespace

delivery::delivery(settings s, log_fn log)
    : settings_(std::move(s)), log_(std::move(log)), backoff_(settings_.retry, settings_.seed) {}

void delivery::add(batch&& b) {
  account_.generated += b.points;
  waiting_points_ += b.points;
  waiting_bytes_ += b.memory();
  waiting_.push_back(std::move(b));
  while (waiting_.size() > 1 && over_limits()) drop_oldest();
}

void delivery::drop_oldest() {
  const auto& oldest = waiting_.front();
  if (!std::exchange(dropping_, true)) {
    dropped_before_ = account_.dropped;
    // A server that is a little too slow lets the backlog run full again and again.
    line("backlog full, dropping the oldest points")
        .add("points", waiting_points_)
        .add("width", short_duration(waiting_.back().due - oldest.due))
        .write(log_, std::has_single_bit(++droppings_) ? log_level::warn : log_level::debug);
  }
  account_.dropped += oldest.points;
  waiting_points_ -= oldest.points;
  waiting_bytes_ -= oldest.memory();
  waiting_.pop_front();
}

bool delivery::over_limits() const {
  return waiting_points_ > settings_.max_points || waiting_bytes_ > settings_.max_bytes ||
         waiting_.back().due - waiting_.front().due > settings_.max_age;
}

bool delivery::take_head() {
  if (head_) return true;
  if (waiting_.empty()) return false;
  head_ = std::move(waiting_.front());
  waiting_points_ -= head_->points;
  waiting_bytes_ -= head_->memory();
  waiting_.pop_front();
  while (head_->points > cap_) divide();
  return true;
}

void delivery::divide() {
  auto rest = split(*head_);
  waiting_points_ += rest.points;
  waiting_bytes_ += rest.memory();
  waiting_.push_front(std::move(rest));
}

delivery::action delivery::next(steady_time now) {
  if (refused_) return {step::refused};
  if (in_flight_) return {step::wait};
  if (!take_head()) return {step::idle};
  if (now >= give_up_at()) return {step::give_up};
  if (now < retry_at_) return {step::wait, std::min(retry_at_, give_up_at())};
  if (database_wanted_) return {step::create_database};
  in_flight_ = true;
  sent_ = now;
  ++account_.requests;
  if (head_->tries++ > 0) ++account_.retries;
  return {step::send};
}

steady_time delivery::give_up_at() const {
  if (!failing_ || limit_.count() == 0) return steady_time::max();
  return std::max(limit_from_, failing_since_) + limit_;
}

void delivery::answered(const server_answer& a, steady_time now) {
  in_flight_ = false;
  service_.add(now - sent_);
  count(a);
  doubt_ = doubt_ || a.in_doubt;
  const auto r = judge(a, head_->points);
  switch (r.what) {
    case verdict::accepted:
      return done(0, now);
    case verdict::rejected:
      reject(a, r.rejected);
      return done(r.rejected, now);
    case verdict::retry:
      return fail(a, now);
    case verdict::too_large:
      return shrink(a, now);
    case verdict::no_database:
      return want_database(a);
    case verdict::refused:
      return passes(a) ? fail(a, now) : refuse(a);
  }
}

/// Whether the server that has taken our points before is only away, and a proxy answers for it.
bool delivery::passes(const server_answer& a) const {
  return a.foreign && account_.accepted > 0;
}

void delivery::shrink(const server_answer& a, steady_time now) {
  if (head_->points == 1) {
    reject(a, 1);
    return done(1, now);
  }
  divide();
  cap_ = head_->points;
  line("requests too large, sending fewer points").add("points", cap_).write(log_, log_level::info);
}

void delivery::count(const server_answer& a) {
  ++account_.by_status[a.status];
  account_.wire_bytes += a.wire_bytes;
  if (a.connected && std::exchange(connected_, true)) ++account_.reconnects;
}

void delivery::done(std::size_t rejected, steady_time now) {
  if (failing_ || (dropping_ && waiting_.empty())) recover(now);
  from_schedule_.add(now - head_->due);
  account_.rejected += rejected;
  account_.accepted += head_->points - rejected;
  account_.bytes += head_->lines.size();
  if (head_->tries > 1) account_.resent += head_->points - rejected;
  database_tried_ = doubt_ = false;
  head_.reset();
}

void delivery::reject(const server_answer& a, std::size_t rejected) {
  auto kind = without_digits(a.message);
  const bool known = rejections_.contains(kind);
  if (!known && rejections_.size() >= 64) kind.clear();
  auto& [reason, times] = rejections_[kind];
  if (reason.empty()) reason = kind.empty() ? "other reasons" : first_line(a.message);
  account_.rejected_by[reason] += rejected;
  ++times;
  if (!std::has_single_bit(times)) return;
  auto what = line("points rejected").add("rejected", rejected).add("points", head_->points);
  add_problem(what, a);
  if (times > 1) what.add("times", times);
  what.write(log_, log_level::error);
}

void delivery::fail(const server_answer& a, steady_time now) {
  const auto pause = backoff_.next();
  retry_at_ = now + pause;
  if (a.retry_after) retry_at_ = std::max(retry_at_, now + *a.retry_after);
  auto what = line(a.status == 0 ? "no answer, keeping points and trying again"
                                 : "writes fail, keeping points and trying again");
  add_problem(what, a);
  if (std::exchange(failing_, true)) return what.write(log_, log_level::debug);
  failing_since_ = now;
  ++account_.outages;
  what.write(log_, log_level::warn);
}

void delivery::recover(steady_time now) {
  auto what = line("points taken again");
  if (failing_) what.add("after", short_duration(now - failing_since_));
  if (head_->tries > 1) what.add("resent", head_->points);
  what.add("waiting", waiting_points_);
  if (dropping_) what.add("dropped", account_.dropped - dropped_before_);
  what.write(log_,
             failing_ || std::has_single_bit(droppings_) ? log_level::info : log_level::debug);
  failing_ = dropping_ = false;
  backoff_.succeeded();
}

void delivery::want_database(const server_answer& a) {
  if (!settings_.create_database || std::exchange(database_tried_, true)) return refuse(a);
  database_wanted_ = true;
  auto what = line("no such database, creating it again");
  add_problem(what, a).write(log_, log_level::warn);
}

void delivery::database_answered(const server_answer& a, steady_time now) {
  const auto r = judge(a, 1);
  if (r.what == verdict::retry) return fail(a, now);
  database_wanted_ = false;
  if (r.what != verdict::accepted) refuse(a);
}

void delivery::refuse(const server_answer& a) {
  refused_ = true;
  why_ = fmt::format("{} refuses our points: {}", settings_.peer, problem(a));
}

log_line delivery::line(std::string_view phrase) const {
  return log_line(phrase).add("target", settings_.peer);
}

void delivery::limit_retries(steady_time now, nanoseconds most) {
  limit_from_ = now;
  limit_ = most;
}

std::size_t delivery::memory() const {
  return waiting_bytes_ + (head_ ? head_->memory() : 0);
}

account delivery::totals() const {
  auto totals = account_;
  totals.unsent = waiting_points_ + (head_ ? head_->points : 0);
  if (head_ && (in_flight_ || doubt_)) totals.in_doubt = head_->points;
  return totals;
}

}  // namespace kapacitor
