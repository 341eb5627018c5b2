#include <algorithm>
#include <utility>

#include "api/hash.hpp"
#include "base/text/quote.hpp"
#include "journal/conversation.hpp"
#include "journal/frames.hpp"
#include "wire/frame.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::journal {
namespace {

using wire::message_kind;

// Bytes. An agent may say that it lives while its function hangs.
constexpr std::size_t longest_heartbeat = 16;

}  // namespace

std::span<char> conversation::prepare_answers() {
  const auto waiting = answers_.readable().substr(ready_);
  return answers_.prepare(1, wire::worthwhile_room(waiting, std::size_t{16} << 10));
}

void conversation::commit_answers(std::size_t n, moment now) {
  now_ = now;
  answers_.commit(n);
  take_answers();
  // More of something long.
  if (answers_.readable().size() - ready_ > longest_heartbeat) progress_at_ = now.steady;
  refill();
}

void conversation::take_answers() {
  try {
    const auto largest = std::max(settings_.max_message, settings_.max_snapshot);
    while (!closing_ && !broken_) {
      const auto waiting = answers_.readable().substr(ready_);
      auto next = wire::usual_frame(waiting, settings_.max_message);
      if (!next) next = wire::first_frame(waiting, largest, "--max-snapshot");
      if (!next || !take_answer(next->message, next->size)) return;
    }
  } catch (const wire::protocol_error& problem) {
    broken_ = true;
    say(log_level::error, "the worker's answers are no responses of Kapacitor's protocol",
        "error=" + in_quotes(problem.what()));
  }
}

/// Returns: false if it has to wait until Kapacitor has read what is ready.
bool conversation::take_answer(std::string_view message, std::size_t size) {
  const auto frame = answers_.readable().substr(ready_, size);
  const auto kind = kind_of(message);
  if (kind != message_kind::keepalive) progress_at_ = now_.steady;
  const bool data = is_data(kind);
  if (told_.repeating() && ready_ != 0) return false;
  const bool pass = data ? take_data(kind, frame) : take_management(kind, message, frame);
  if (pass) {
    ready_ += size;
  } else if (ready_ == 0) {
    answers_.consume(size);
  } else {
    answers_.erase(ready_, size);
  }
  return true;
}

/// Returns: whether Kapacitor is to get it.
bool conversation::take_data(message_kind kind, std::string_view frame) {
  if (kind == message_kind::end && !answers_in_batch_)
    throw wire::protocol_error("a batch ends that has not begun");  // would kill Kapacitor
  if (kind != message_kind::point) answers_in_batch_ = kind == message_kind::begin;
  const auto hash = agent::hash_bytes(frame, 0);
  if (told_.repeating()) [[unlikely]] {
    const auto before = told_.different();
    if (told_.known(hash)) return false;
    if (told_.different() == before + 1) {
      say(log_level::warn, "a new worker answers differently, Kapacitor gets both answers",
          "different=" + std::to_string(told_.different()));
    }
  }
  told_.add(hash);
  if (kind == message_kind::point) ++totals_.points_out;
  if (kind == message_kind::end) ++totals_.batches_out;
  return true;
}

bool conversation::take_management(message_kind kind, std::string_view message,
                                   std::string_view frame) {
  const auto body = body_of(message);
  switch (kind) {
    case message_kind::init:
      return take_init_answer(body);
    case message_kind::restore:
      return take_restore_answer(body);
    case message_kind::snapshot:
      return take_snapshot(body, frame);
    case message_kind::keepalive:
      take_barrier(number_in(body));
      return false;
    case message_kind::time:
      wants_time_ = number_in(body);
      return false;
    case message_kind::ended:
      ended_ = true;
      return false;
    case message_kind::error:
      closing_ = true;  // once it is written
      return true;
    default:
      throw wire::protocol_error("a response of no known kind");
  }
}

bool conversation::take_init_answer(std::string_view body) {
  const bool first = !std::exchange(init_told_, true);
  init_waits_ = false;
  if (first) {
    closing_ = !says_success(body);
    return true;
  }
  if (!says_success(body)) refuse("a new worker refuses the options", body);
  return false;
}

bool conversation::take_restore_answer(std::string_view body) {
  const bool first = !std::exchange(restore_told_, true);
  restore_waits_ = false;
  restore_deaths_ = 0;
  if (first) {
    closing_ = !says_success(body);
    return true;
  }
  if (!says_success(body)) refuse("a new worker refuses the snapshot", body);
  return false;
}

void conversation::refuse(std::string_view what, std::string_view body) {
  end_with(std::string(what) + ": " + std::string(text_in(body, 2)));
}

bool conversation::take_snapshot(std::string_view body, std::string_view frame) {
  const auto found = std::find_if(asks_.begin(), asks_.end(),
                                  [](const ask& a) { return a.sent && a.who != ask::of::barrier; });
  if (found == asks_.end()) return false;
  const auto asked = *found;
  asks_.erase(found);
  snapshot_deaths_ = 0;
  leave_now_ = leaving_;
  new_basis(asked, body, frame);
  return asked.who == ask::of::kapacitor;
}

/// Requests before the snapshot are needed no more, if it holds what they have led to.
void conversation::new_basis(const ask& asked, std::string_view body, std::string_view frame) {
  const auto meaning = meaning_of_snapshot(body);
  if (asked.in_batch || meaning == snapshot_answer::not_taken) return;
  if (meaning == snapshot_answer::holds_state) {
    restore_ = restore_from(frame);
    restore_at_ = restore_.size();
  } else {
    restore_.clear();
    restore_at_ = 0;
  }
  ++totals_.snapshots;
  const std::chrono::nanoseconds took = now_.steady - asked.since;
  totals_.snapshot_time += static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  totals_.snapshot_at =
      static_cast<std::uint64_t>(std::chrono::nanoseconds(now_.wall.time_since_epoch()).count());
  log_.forget_before(asked.at);
  std::erase_if(skipped_, [&](const range& r) { return r.end <= asked.at; });
  told_.clear();
  told_at_barrier_ = 0;
  confirmed_ = std::max(confirmed_, asked.at);
  take_progress();
}

void conversation::take_barrier(std::uint64_t id) {
  const auto found = std::find_if(asks_.begin(), asks_.end(), [&](const ask& a) {
    return a.who == ask::of::barrier && a.id == id && a.sent;
  });
  if (found == asks_.end()) return;  // a heartbeat of an agent
  progress_at_ = now_.steady;
  confirmed_ = std::max(confirmed_, found->at);
  asks_.erase(found);
  told_at_barrier_ = told_.size();
  if (told_.repeating() && confirmed_ >= furthest_) {
    if (const auto missing = told_.end_repeating(); missing != 0) {
      say(log_level::warn, "a new worker does not give all answers again",
          "missing=" + std::to_string(missing));
    }
  }
  take_progress();
}

/// A worker has got further than any before it.
void conversation::take_progress() {
  suspicion_.passed(confirmed_);
  stop_if_answered();
  if (confirmed_ <= proven_) return;
  proven_ = confirmed_;
  failures_ = 0;
  down_since_.reset();
}

}  // namespace kapacitor::udf::journal
