#include "journal/conversation.hpp"

#include <algorithm>
#include <utility>

#include "journal/frames.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::journal {
namespace {

// What a worker says of the time that it wants: each second. (2: before data.)
constexpr std::uint64_t on_time = 1;

/// A text of the Init that is kept, by its number there.
std::string text_of_init(std::string_view frame, unsigned number) {
  const auto init = wire::first_frame(frame, frame.size());
  return init ? std::string(text_in(body_of(init->message), number)) : std::string();
}

}  // namespace

conversation::conversation(conversation_settings settings, conversation_hooks hooks)
    : settings_(std::move(settings)), hooks_(std::move(hooks)) {
  if (settings_.overload.policy != on_overload::block)
    queue_ = std::make_unique<request_queue>(settings_.overload);
}

void conversation::say(log_level level, std::string_view phrase, std::string_view more) const {
  try_to_say([&] {
    if (!hooks_.log.takes(level)) return;
    std::string line(phrase);
    if (!settings_.function.empty()) line.append(" function=").append(settings_.function);
    for (const auto part : {std::string_view(label_), more}) {
      if (!part.empty()) line.append(" ").append(part);
    }
    hooks_.log.write(level, line);
  });
}

std::string_view conversation::output() const {
  if (in_ours_ || (!in_ready_ && !ours_.empty())) return ours_.view();
  return answers_.readable().substr(0, ready_);
}

void conversation::consume_output(std::size_t n) {
  if (in_ours_ || (!in_ready_ && !ours_.empty())) {
    ours_.consume(n);
    in_ours_ = !ours_.empty();
    return;
  }
  answers_.consume(n);
  ready_ -= n;
  in_ready_ = ready_ != 0;
  if (!in_ready_ && attached_) take_answers();
}

void conversation::advance(moment now) {
  now_ = now;
  if (closing_) return;
  send_heartbeat();
  if (!attached_) {
    if (down_since_ && now.steady - *down_since_ >= settings_.max_down)
      end_with("its workers die, for longer than --max-down; see the log");
    return;
  }
  if (wants_time_ == on_time && !in_batch_ && !input_over()) tell_time();
  if (leaving_ && now.steady >= *leave_at_) leave_now_ = true;
  if (!barrier_due_ || now.steady < *barrier_due_) return;
  barrier_due_.reset();
  barrier_wanted_ = true;
}

std::optional<conversation::clock::time_point> conversation::next_time() const {
  if (closing_) return std::nullopt;
  std::optional<clock::time_point> next;
  const auto take = [&](std::optional<clock::time_point> t) {
    if (t && (!next || *t < *next)) next = t;
  };
  if (makes_kapacitor_wait()) take(heartbeat_due_.value_or(clock::time_point::min()));
  if (!attached_) {
    if (init_.empty() && log_.end() == 0) return std::nullopt;
    take(start_at_);
    if (down_since_) take(*down_since_ + settings_.max_down);
    return next;
  }
  take(barrier_due_);
  if (leaving_) take(leave_at_);
  if (wants_time_ == on_time) take(time_due_);
  if (waits_for_worker() && progress_at_) take(*progress_at_ + settings_.max_busy);
  return next;
}

/// Something was sent that is not known to be worked off.
bool conversation::waits_for_worker() const {
  return init_waits_ || restore_waits_ || !asks_.empty() || confirmed_ < sent_ || ends_input();
}

void conversation::see_worker_read(std::size_t waiting, moment now) {
  if (waiting < waiting_) progress_at_ = now.steady;
}

bool conversation::hangs(moment now, std::size_t waiting) {
  now_ = now;
  waiting_ = waiting;
  const bool kapacitor_waits = ready_ >= most_ready;  // then the worker cannot go on
  if (!std::exchange(waited_, waits_for_worker()) || !attached_ || kapacitor_waits)
    progress_at_ = now.steady;
  return waits_for_worker() && now.steady - *progress_at_ >= settings_.max_busy;
}

std::size_t conversation::limit() const {
  return std::max(settings_.journal_size, restore_.size());
}

void conversation::keep_within_limit() {
  if (kept() <= limit() / 2 || closing_ || !attached_) return;
  ask_snapshot();
  if (kept() > limit() && !snapshot_asked()) forget_confirmed();
}

bool conversation::snapshot_asked() const {
  return std::any_of(asks_.begin(), asks_.end(),
                     [](const ask& a) { return a.who != ask::of::barrier; });
}

/// One at a time, and none where it would not hold a batch that has begun.
void conversation::ask_snapshot() {
  if (snapshot_asked() || in_batch_ || log_.end() < ask_again_at_) return;
  ask_again_at_ = log_.end() + limit() / 8;
  asks_.push_back({ask::of::us, log_.end(), 0, false, false, now_.steady});
  tell_time_soon();
}

/// There is no snapshot to be had, and no room for more.
void conversation::forget_confirmed() {
  const auto batch = batch_around(confirmed_);
  const auto upto = batch ? batch->begin : confirmed_;
  if (batch || upto <= log_.begin()) return;
  totals_.bytes_forgotten += upto - log_.begin();
  log_.forget_before(upto);
  told_.forget(told_at_barrier_);
  told_at_barrier_ = 0;
  std::erase_if(skipped_, [&](const range& r) { return r.end <= upto; });
  if (forgotten_when_.due(++forgotten_)) {
    say(log_level::warn, "requests forgotten that no snapshot covers",
        "bytes=" + std::to_string(totals_.bytes_forgotten) +
            " limit=" + std::to_string(settings_.journal_size) +
            " note=\"if the worker dies, the function will have lost what they led to\"");
  }
}

conversation_totals conversation::totals() const {
  auto t = totals_;
  t.answers_left_out = told_.left_out();
  t.answers_different = told_.different();
  if (queue_) t.dropped = queue_->dropped();
  return t;
}

std::size_t conversation::memory() const {
  return log_.memory() + told_.memory() + restore_.capacity() + init_.capacity() +
         answers_.capacity() + ours_.size() + (queue_ ? queue_->memory() : 0);
}

conversation_sizes conversation::sizes() const {
  return {.journal = log_.end() - log_.begin(),
          .snapshot = restore_.size(),
          .queue = queue_ ? queue_->memory() : 0};
}

std::string conversation::task() const {
  return text_of_init(init_, 2);
}
std::string conversation::node() const {
  return text_of_init(init_, 3);
}

}  // namespace kapacitor::udf::journal
