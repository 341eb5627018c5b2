#include "journal/conversation.hpp"

#include <algorithm>
#include <utility>

#include "api/hash.hpp"
#include "base/text/quote.hpp"
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
// How long a planned restart waits for the snapshot of the old worker.
constexpr auto longest_farewell = 10s;
// What a worker says of the time that it wants: each second. (2: before data.)
constexpr std::uint64_t on_time = 1;

bool is_data(message_kind kind) {
  return kind >= message_kind::begin && kind <= message_kind::end;
}

/// 0.1 s, 0.2 s ... 5 s; at once the first time.
std::chrono::milliseconds pause_after(unsigned failures) {
  constexpr unsigned doublings = 6;
  if (failures <= 1) return 0ms;
  return std::min<std::chrono::milliseconds>(100ms * (1 << std::min(failures - 2, doublings)), 5s);
}

}  // namespace

conversation::conversation(conversation_settings settings, conversation_hooks hooks)
    : settings_(std::move(settings)), hooks_(std::move(hooks)) {}

void conversation::say(log_level level, std::string_view phrase, std::string_view more) const {
  try_to_say([&] {
    if (!hooks_.log.takes(level)) return;
    std::string line(phrase);
    for (const auto part : {std::string_view(label_), more}) {
      if (!part.empty()) line.append(" ").append(part);
    }
    hooks_.log.write(level, line);
  });
}

// ---- Requests of Kapacitor

std::span<char> conversation::prepare() {
  return log_.prepare(wire::worthwhile_room(log_.open(), std::size_t{16} << 10));
}

void conversation::commit(std::size_t n, moment now) {
  now_ = now;
  log_.commit(n);
  if (closing_) return log_.drop(log_.open().size());
  take_requests();
  keep_within_limit();
}

void conversation::finish(moment now) {
  now_ = now;
  input_ended_ = true;
  if (!log_.open().empty()) {
    say(log_level::warn, "peer closed in the middle of a message",
        "bytes=" + std::to_string(log_.open().size()));
    log_.drop(log_.open().size());
  }
  // Nobody has asked for anything that only a worker could answer.
  if (init_.empty() && log_.end() == 0) closing_ = true;
}

void conversation::stop(moment now) {
  now_ = now;
  stopping_ = true;
  log_.drop(log_.open().size());
  stop_if_answered();
}

void conversation::stop_if_answered() {
  if (!stopping_ || input_ended_) return;
  if (!attached_ || confirmed_ == log_.end()) closing_ = true;
}

void conversation::take_requests() {
  try {
    const auto largest = std::max(settings_.max_message, settings_.max_snapshot);
    while (!closing_) {
      auto next = wire::usual_frame(log_.open(), settings_.max_message);
      if (!next) next = wire::first_frame(log_.open(), largest);
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
  switch (kind) {
    case message_kind::info:
      ours_.append(settings_.info);
      return log_.drop(size);
    case message_kind::keepalive:
      // Request and answer are the same bytes.
      ours_.append(log_.open().substr(0, size));
      return log_.drop(size);
    case message_kind::init:
      return take_init(message, size);
    case message_kind::restore:
      restore_ = log_.open().substr(0, size);
      restore_told_ = false;
      if (attached_) restore_at_ = 0, restore_waits_ = true;
      return log_.drop(size);
    case message_kind::snapshot:
      asks_.push_back({ask::of::kapacitor, log_.end(), 0, in_batch_});
      return log_.drop(size);
    default:
      log_.keep(size);  // the worker will say what it thinks of it
  }
}

void conversation::keep_data(message_kind kind, std::size_t size) {
  if (wants_time_ != 0 && !in_batch_) [[unlikely]]
    tell_time();
  if (kind == message_kind::begin) {
    in_batch_ = true;
    batch_begin_ = log_.end();
  }
  log_.keep(size);
  if (kind != message_kind::end) return;
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

// ---- Answers to Kapacitor

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

// ---- To the worker

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
  const bool last = sent_ == log_.end() && (input_ended_ || stopping_);
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
  progress_at_ = now.steady;
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
}

/// A keepalive that is answered when everything before it has been worked off.
void conversation::add_barrier() {
  if (barrier_at_ == sent_) return;
  barrier_at_ = sent_;
  barrier_due_.reset();
  asks_.push_back({ask::of::barrier, sent_, ++barriers_});
}

bool conversation::ends_input() const {
  return attached_ && input_ended_ && small_at_ == small_.size() && sent_ == log_.end() &&
         restore_at_ == restore_.size() && barrier_at_ == sent_ &&
         std::all_of(asks_.begin(), asks_.end(), [](const ask& a) { return a.sent; });
}

// ---- Answers of the worker

std::span<char> conversation::prepare_answers() {
  const auto waiting = answers_.readable().substr(ready_);
  return answers_.prepare(1, wire::worthwhile_room(waiting, std::size_t{16} << 10));
}

void conversation::commit_answers(std::size_t n, moment now) {
  now_ = now;
  progress_at_ = now.steady;
  answers_.commit(n);
  take_answers();
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

// ---- Deaths, time and limits

void conversation::detach(std::string_view why, moment now) {
  now_ = now;
  if (!attached_) return;
  attached_ = false;
  answers_.drop_back(answers_.readable().size() - ready_);
  const bool at_the_end = input_ended_ && sent_ == log_.end();
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

void conversation::advance(moment now) {
  now_ = now;
  if (closing_) return;
  send_heartbeat();
  if (!attached_) {
    if (down_since_ && now.steady - *down_since_ >= settings_.max_down)
      end_with("its workers die, for longer than --max-down; see the log");
    return;
  }
  if (wants_time_ == on_time && !in_batch_ && !input_ended_) tell_time();
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

bool conversation::hangs(moment now, std::size_t waiting) {
  now_ = now;
  const bool kapacitor_waits = ready_ >= most_ready;  // then the worker cannot go on
  if (!attached_ || kapacitor_waits || waiting != std::exchange(waiting_, waiting))
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
  asks_.push_back({ask::of::us, log_.end(), 0, false});
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
  return t;
}

std::size_t conversation::memory() const {
  return log_.memory() + told_.memory() + restore_.capacity() + init_.capacity() +
         answers_.capacity() + ours_.size();
}

}  // namespace kapacitor::udf::journal
