#include <algorithm>
#include <utility>

#include "base/text/quote.hpp"
#include "journal/conversation.hpp"
#include "journal/frames.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::journal {
namespace {

using namespace std::chrono_literals;
using wire::message_kind;

// How long a planned restart waits for the snapshot of the old worker.
constexpr auto longest_farewell = 10s;
/// 0.1 s, 0.2 s ... 5 s; at once the first time.
std::chrono::milliseconds pause_after(unsigned failures) {
  constexpr unsigned doublings = 6;
  if (failures <= 1) return 0ms;
  return std::min<std::chrono::milliseconds>(100ms * (1 << std::min(failures - 2, doublings)), 5s);
}

}  // namespace

void conversation::detach(std::string_view why, moment now) {
  now_ = now;
  if (!attached_) return;
  attached_ = false;
  answers_.drop_back(answers_.readable().size() - ready_);
  const bool at_the_end = input_over() && sent_ == log_.end();
  if (closing_) return;
  if (ended_ || (at_the_end && !settings_.own_worker && confirmed_ == sent_)) {
    closing_ = true;
    return;
  }
  if (std::exchange(leave_now_, false)) {
    leaving_ = false;
    start_at_ = now.steady;
    furthest_ = std::max(furthest_, sent_);
    return forget_worker();
  }
  ++totals_.deaths;
  ++failures_;
  if (!down_since_) down_since_ = now.steady;
  start_at_ = now.steady + pause_after(failures_);
  say(log_level::error, "worker gone",
      "why=" + in_quotes(why) + " deaths=" + std::to_string(totals_.deaths) +
          " bytes_under_way=" + std::to_string(sent_ - confirmed_));
  blame();
  furthest_ = std::max(furthest_, sent_);
  forget_worker();
  keep_within_limit();
}

void conversation::lose_worker(moment now) {
  if (!attached_) return;
  leave_now_ = true;
  detach({}, now);
}

void conversation::replace_worker(moment now) {
  now_ = now;
  if (!attached_ || closing_) return;
  leaving_ = true;
  leave_now_ = false;
  leave_at_ = now.steady + longest_farewell;
  ask_again_at_ = 0;
  ask_snapshot();
}

void conversation::blame() {
  if (init_waits_) return;
  if (restore_waits_) return restore_died();
  const bool in_snapshot =
      std::any_of(asks_.begin(), asks_.end(),
                  [&](const ask& a) { return a.sent && a.who != ask::of::barrier; }) &&
      confirmed_ == sent_;
  if (in_snapshot && ++snapshot_deaths_ >= 2) return snapshot_died();
  if (const auto guilty = suspicion_.died(confirmed_, sent_)) convict(*guilty);
}

/// A snapshot that kills whoever restores it must not keep the task from working.
void conversation::restore_died() {
  constexpr unsigned enough = 3;
  if (++restore_deaths_ < enough) return;
  say(log_level::error, "the snapshot kills the workers that restore it: starting fresh",
      "bytes=" + std::to_string(restore_.size()) + " file=" + in_quotes(keep_poison(restore_)));
  ++totals_.poisoned;
  restore_deaths_ = 0;
  if (settings_.poison == on_poison::fail)
    return end_with("the snapshot kills the workers that restore it; see the log");
  restore_.clear();
  if (!std::exchange(restore_told_, true))
    ours_.append(frame_with_number(message_kind::restore, 1));
}

std::string conversation::keep_poison(std::string_view requests) const {
  return hooks_.keep_poison ? hooks_.keep_poison(init_, requests) : std::string();
}

/// Kapacitor hears that there is none.
void conversation::snapshot_died() {
  say(log_level::error, "a snapshot kills the worker: none is taken for now");
  snapshot_deaths_ = 0;
  std::erase_if(asks_, [&](const ask& a) {
    if (a.who == ask::of::kapacitor && a.sent) ours_.append(empty_frame(message_kind::snapshot));
    return a.sent && a.who != ask::of::barrier;
  });
}

void conversation::convict(position at) {
  const auto requests = log_.from(at);
  const auto one = wire::first_frame(requests, settings_.max_message);
  if (!one) return;
  const range r{at, at + one->size};
  const auto batch = batch_around(at);
  ++totals_.poisoned;
  const auto file = keep_poison(copy_of({batch ? batch->begin : at, r.end}));
  say(log_level::error, "a request kills the workers that get it",
      "bytes=" + std::to_string(r.end - r.begin) + " file=" + in_quotes(file));
  if (settings_.poison == on_poison::fail)
    return end_with("a request kills the function; it is kept in " + file);
  skip(batch ? *batch : r);
}

/// The batch that the request belongs to: from its begin to behind its end, which may not have
/// come.
std::optional<conversation::range> conversation::batch_around(position at) const {
  std::optional<range> open;
  for (auto p = log_.begin(); p < log_.end();) {
    const auto next = wire::first_frame(log_.from(p), settings_.max_message);
    if (!next) break;
    const auto kind = kind_of(next->message);
    if (kind == message_kind::begin) open = range{p, never};
    p += next->size;
    if (kind == message_kind::end && open) {
      open->end = p;
      if (p > at) return open;
      open.reset();
    }
    if (p > at && !open) return std::nullopt;
  }
  return open;
}

std::string conversation::copy_of(range r) const {
  std::string text;
  for (auto p = r.begin; p < r.end;) {
    const auto part = log_.from(p).substr(0, static_cast<std::size_t>(r.end - p));
    text += part;
    p += part.size();
  }
  return text;
}

/// Requests in the range are sent to no worker any more.
void conversation::skip(range r) {
  const auto at = std::lower_bound(skipped_.begin(), skipped_.end(), r.begin,
                                   [](const range& x, position p) { return x.begin < p; });
  skipped_.insert(at, r);
}

void conversation::forget_worker() {
  std::erase_if(asks_, [](const ask& a) { return a.who != ask::of::kapacitor; });
  for (auto& a : asks_) a.sent = false;
  small_.clear();
  small_at_ = 0;
  barrier_due_.reset();
  time_due_.reset();
  wants_time_ = 0;
}

void conversation::end_with(std::string_view error) {
  ours_.append(error_frame(error));
  closing_ = true;
  say(log_level::error, "task stopped", "error=" + in_quotes(error));
}

}  // namespace kapacitor::udf::journal
