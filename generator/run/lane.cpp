#include "run/lane.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace kapacitor::generator {
namespace {

constexpr auto drain_limit = std::chrono::seconds(30);

steady_time clock_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

lane::lane(plan p) : plan_(std::move(p)), feed_(std::move(plan_.from)) {
  const leg::hooks hooks{plan_.log, plan_.create_database, [this] {
                           check_rejected();
                           pump(clock_now());
                         }};
  for (auto& l : plan_.legs) legs_.push_back(std::make_unique<leg>(std::move(l), hooks));
  if (plan_.max_retry_time.count() == 0) return;
  for (auto& l : legs_) l->limit_retries(clock_now(), plan_.max_retry_time);
}

void lane::add(batch&& b) {
  plan_.shared->sample.offer(b.lines);
  for (std::size_t i = 1; i < legs_.size(); ++i) legs_[i]->add(batch(b));
  legs_.front()->add(std::move(b));
}

bool lane::busy() const {
  return std::any_of(legs_.begin(), legs_.end(), [](const auto& l) { return l->full(); });
}

steady_time lane::step(steady_time now) {
  if (finished_) return steady_time::max();
  if (now >= stop_by_) {
    abort();
    return steady_time::max();
  }
  feed_->produce(now, *this);
  if (feed_->finished() && plan_.max_retry_time.count() == 0 && !std::exchange(limited_, true)) {
    for (auto& l : legs_) l->limit_retries(now, drain_limit);
  }
  const auto wake = std::min(pump(now), stop_by_);
  const auto idle = [](const auto& l) { return l->idle(); };
  if (feed_->finished() && std::all_of(legs_.begin(), legs_.end(), idle)) finished_ = true;
  return finished_ ? steady_time::max() : std::min(wake, feed_->wake(clock_now(), *this));
}

steady_time lane::pump(steady_time now) {
  auto wake = steady_time::max();
  for (auto& l : legs_) {
    if (finished_) break;
    wake = std::min(wake, l->pump(now));
    check_ended(*l);
  }
  return wake;
}

void lane::check_ended(const leg& l) {
  check_rejected();
  if (!l.ended() || failure_) return;
  failure_ = l.ended();
  abort();
}

void lane::check_rejected() {
  std::uint64_t sum = 0;
  for (const auto& l : legs_) sum += l->rejected();
  if (sum == rejected_) return;
  const auto all = plan_.shared->rejected += sum - std::exchange(rejected_, sum);
  const auto most = plan_.shared->max_rejected;
  if (most == 0 || all <= most || failure_) return;
  failure_.emplace(
      exit_code::failed,
      fmt::format("{} points were rejected, more than --max-errors {} allows", all, most));
  abort();
}

void lane::stop(steady_time by) {
  feed_->stop(*this);
  stop_by_ = by;
}

void lane::abort() {
  feed_->stop(*this);
  for (auto& l : legs_) l->cancel();
  finished_ = true;
}

void lane::database_answered(const server_answer& a, steady_time now) {
  for (auto& l : legs_) l->database_answered(a, now);
}

tally lane::totals() const {
  tally t;
  for (const auto& l : legs_) t.legs.push_back(l->totals());
  t.lateness = feed_->lateness();
  t.skipped = feed_->skipped();
  return t;
}

}  // namespace kapacitor::generator
