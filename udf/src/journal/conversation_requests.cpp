#include <algorithm>
#include <utility>

#include "journal/conversation.hpp"
#include "journal/frames.hpp"
#include "wire/frame.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::journal {
namespace {

using namespace std::chrono_literals;
using wire::message_kind;

// Requests that a worker has not been sent yet, while it works: beyond, Kapacitor waits.
constexpr std::size_t most_unsent = std::size_t{1} << 20;
// Requests between two barriers: what comes under suspicion at once.
constexpr std::size_t barrier_every = std::size_t{256} << 10;
// How soon a barrier follows the last requests.
constexpr auto barrier_after = 100ms;
constexpr auto time_every = 1s;
}  // namespace

std::span<char> conversation::prepare() {
  constexpr std::size_t least = std::size_t{16} << 10;
  if (queue_) {
    auto& received = queue_->received();
    return received.prepare(1, wire::worthwhile_room(received.readable(), least));
  }
  return log_.prepare(wire::worthwhile_room(log_.open(), least));
}

void conversation::commit(std::size_t n, moment now) {
  now_ = now;
  if (queue_) {
    queue_->received().commit(n);
    take_received();
  } else {
    log_.commit(n);
    if (closing_) return log_.drop(log_.open().size());
    take_requests();
  }
  keep_within_limit();
}

void conversation::finish(moment now) {
  now_ = now;
  input_ended_ = true;
  if (const auto left = drop_received(); left != 0) {
    say(log_level::warn, "peer closed in the middle of a message", "bytes=" + std::to_string(left));
  }
  if (queue_) {
    queue_->finish();
    refill();
  }
  // Nobody has asked for anything that only a worker could answer.
  if (init_.empty() && log_.end() == 0) closing_ = true;
}

void conversation::stop(moment now) {
  now_ = now;
  stopping_ = true;
  drop_received();
  if (queue_) queue_->forget_open_batch();
  refill();
  stop_if_answered();
}

/// What is there of a message whose rest will not come. Returns: bytes
std::size_t conversation::drop_received() {
  const auto left = queue_ ? queue_->received().readable().size() : log_.open().size();
  queue_ ? queue_->received().consume(left) : log_.drop(left);
  return left;
}

void conversation::stop_if_answered() {
  if (!stopping_ || input_ended_) return;
  if (!attached_ || (confirmed_ == log_.end() && nothing_queued())) closing_ = true;
}

/// Errors: protocol_error
std::optional<wire::frame> conversation::next_request(std::string_view bytes) const {
  if (const auto next = wire::usual_frame(bytes, settings_.max_message)) [[likely]]
    return next;
  return wire::first_frame(bytes, std::max(settings_.max_message, settings_.max_snapshot));
}

void conversation::take_requests() {
  try {
    while (!closing_) {
      const auto next = next_request(log_.open());
      if (!next) return;
      take_request(kind_of(next->message), next->message, next->size);
    }
  } catch (const wire::protocol_error& problem) {
    end_with(std::string("protocol error: ") + problem.what());
  }
}

void conversation::take_request(message_kind kind, std::string_view message, std::size_t size) {
  if (is_data(kind)) [[likely]]
    return keep_data(kind, size);
  if (answer_at_once(kind, log_.open().substr(0, size))) return log_.drop(size);
  switch (kind) {
    case message_kind::init:
      return take_init(message, size);
    case message_kind::restore:
      restore_ = log_.open().substr(0, size);
      restore_told_ = false;
      if (attached_) restore_at_ = 0, restore_waits_ = true;
      return log_.drop(size);
    case message_kind::snapshot:
      asks_.push_back({ask::of::kapacitor, log_.end(), 0, in_batch_, false, now_.steady});
      tell_time_soon();
      return log_.drop(size);
    default:
      log_.keep(size);  // the worker will say what it thinks of it
  }
}

/// Whether no worker is needed.
bool conversation::answer_at_once(message_kind kind, std::string_view frame) {
  if (kind == message_kind::info) {
    ours_.append(settings_.info);
  } else if (kind == message_kind::keepalive) {
    ours_.append(frame);  // request and answer are the same bytes
  } else {
    return false;
  }
  return true;
}

void conversation::keep_data(message_kind kind, std::size_t size) {
  if (wants_time_ != 0 && !in_batch_) [[unlikely]]
    tell_time();
  if (kind == message_kind::begin) {
    in_batch_ = true;
    batch_begin_ = log_.end();
  }
  log_.keep(size);
  if (kind == message_kind::point) ++totals_.points_in;
  if (kind != message_kind::end) return;
  ++totals_.batches_in;
  in_batch_ = false;
  // The rest of a batch that is skipped has come.
  if (!skipped_.empty() && skipped_.back().end == never) skipped_.back().end = log_.end();
}

void conversation::take_init(std::string_view message, std::size_t size) {
  init_ = log_.open().substr(0, size);
  const auto body = body_of(message);
  label_ = "task=" + std::string(text_in(body, 2)) + " node=" + std::string(text_in(body, 3));
  log_.drop(size);
}

/// What is restored knows no time: a worker that begins with the snapshot must hear it where the
/// one before did, in front of the next point.
void conversation::tell_time_soon() {
  time_due_.reset();
}

/// The worker has no clock of its own, so that its answers are the same whenever it gives them.
void conversation::tell_time() {
  if (time_due_ && now_.steady < *time_due_) return;
  time_due_ = now_.steady + time_every;
  const auto ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now_.wall.time_since_epoch());
  log_.insert(frame_with_number(message_kind::time, static_cast<std::uint64_t>(ns.count())));
}

bool conversation::wants_input() const {
  if (input_ended_ || closing_ || stopping_) return false;
  if (queue_) return queue_->other_bytes() < settings_.overload.queue_size;
  // Without a worker, Kapacitor waits only if there is no room: its other tasks wait as well then.
  if (!attached_) return kept() < limit() / 4 * 3;
  if (kept() >= limit() && snapshot_asked()) return false;
  return log_.end() - sent_ < std::min(most_unsent, limit() / 4);
}

bool conversation::makes_kapacitor_wait() const {
  return !input_ended_ && !stopping_ && !closing_ && !wants_input();
}

/// Kapacitor's keepalives are behind what is not read, and no answer may come for long. If answers
/// wait for it, it is Kapacitor that does not read.
void conversation::send_heartbeat() {
  if (!makes_kapacitor_wait()) return heartbeat_due_.reset();
  if (heartbeat_due_ && now_.steady < *heartbeat_due_) return;
  if (heartbeat_due_ && output().empty())
    ours_.append(frame_with_number(message_kind::keepalive, 0));
  heartbeat_due_ = now_.steady + settings_.heartbeat;
}

bool conversation::wants_worker(clock::time_point now) const {
  const bool anything = !init_.empty() || log_.end() > 0;
  return anything && !attached_ && !closing_ && now >= start_at_;
}

void conversation::attach(moment now) {
  now_ = now;
  attached_ = true;
  leaving_ = leave_now_ = false;
  ended_ = broken_ = answers_in_batch_ = false;
  small_ = init_;
  small_at_ = 0;
  init_waits_ = !init_.empty();
  restore_at_ = 0;
  restore_waits_ = !restore_.empty();
  totals_.requests_repeated += sent_ - log_.begin();
  sent_ = target_ = confirmed_ = barrier_at_ = log_.begin();
  barrier_wanted_ = false;
  told_.repeat();
  wants_time_ = 0;
  progress_at_ = now.steady;
  waiting_ = 0;
  waited_ = false;
  barrier_due_ = now.steady + barrier_after;
}

std::string_view conversation::to_worker() {
  if (!attached_ || broken_ || closing_) return {};
  if (small_at_ < small_.size()) return std::string_view(small_).substr(small_at_);
  // Each is answered before anything else is sent: what a worker dies of is known then.
  if (init_waits_) return {};
  if (restore_waits_) return std::string_view(restore_).substr(restore_at_);
  if (sent_ == target_ && !begin_next()) return small_;
  return sent_ == target_ ? std::string_view()
                          : log_.from(sent_).substr(0, static_cast<std::size_t>(target_ - sent_));
}

/// Between two requests: what is next. Returns: false if it is in small_
bool conversation::begin_next() {
  for (const auto& r : skipped_) {
    if (r.begin <= sent_ && sent_ < r.end) sent_ = std::min(r.end, log_.end());
  }
  // The last request of the stretch, too, is confirmed before others are sent.
  const bool waits = confirmed_ < sent_ &&
                     (suspicion_.one_at_a_time(sent_) || suspicion_.one_at_a_time(confirmed_));
  const bool last = sent_ == log_.end() && (input_over() || stopping_);
  if (waits || last || std::exchange(barrier_wanted_, false)) add_barrier();
  put_controls();
  target_ = sent_;
  if (!small_.empty()) return false;
  if (!waits && sent_ != log_.end()) target_ += sendable(log_.from(sent_));
  return true;
}

/// How much may go before something else must.
std::size_t conversation::sendable(std::string_view requests) {
  auto end = sent_ + requests.size();
  if (suspicion_.one_at_a_time(sent_)) [[unlikely]] {
    const auto next = wire::first_frame(requests, settings_.max_message);
    if (next) end = sent_ + next->size;
  } else if (suspicion_.careful() && sent_ < suspicion_.from()) {
    end = std::min(end, suspicion_.from());
  }
  for (const auto& a : asks_) {
    if (!a.sent && a.at > sent_) end = std::min(end, a.at);
  }
  for (const auto& r : skipped_) {
    if (r.begin > sent_) end = std::min(end, r.begin);
  }
  return static_cast<std::size_t>(end - sent_);
}

/// Requests that are no part of the journal have their places in it.
void conversation::put_controls() {
  small_.clear();
  small_at_ = 0;
  for (auto& a : asks_) {
    if (a.sent || a.at > sent_) continue;
    a.sent = true;
    small_ += a.who == ask::of::barrier ? frame_with_number(message_kind::keepalive, a.id)
                                        : empty_frame(message_kind::snapshot);
  }
}

void conversation::consume_to_worker(std::size_t n, moment now) {
  now_ = now;
  if (small_at_ < small_.size()) {
    small_at_ += n;
    return;
  }
  if (restore_waits_ && restore_at_ < restore_.size()) {
    restore_at_ += n;
    return;
  }
  sent_ += n;
  if (sent_ - barrier_at_ >= barrier_every) {
    barrier_wanted_ = true;
  } else if (!barrier_due_) {
    barrier_due_ = now.steady + barrier_after;
  }
  refill();
}

/// A keepalive that is answered when everything before it has been worked off.
void conversation::add_barrier() {
  if (barrier_at_ == sent_) return;
  barrier_at_ = sent_;
  barrier_due_.reset();
  asks_.push_back({ask::of::barrier, sent_, ++barriers_});
}

bool conversation::ends_input() const {
  return attached_ && input_over() && small_at_ == small_.size() && sent_ == log_.end() &&
         restore_at_ == restore_.size() && barrier_at_ == sent_ &&
         std::all_of(asks_.begin(), asks_.end(), [](const ask& a) { return a.sent; });
}

}  // namespace kapacitor::udf::journal
