#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "journal/conversation.hpp"
#include "journal/frames.hpp"
#include "session/session.hpp"
#include "wire/copy_received.hpp"
#include "wire/frame.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::test {

/// Answers a point with nothing, once or twice.
struct talkative {
  static constexpr auto provides = edge::stream;
  void on_point(const udf::point& p, udf::emitter& out) {
    sum += p.number("value").value_or(0);
    for (auto n = ++count % 3; n > 0; --n) out.extend(p, {{"sum", sum}});
  }
  auto state() { return std::tie(sum, count); }
  double sum = 0;
  std::int64_t count = 0;
};

/// A worker that can be killed at any byte: a session, and what has not been read of it.
class mortal_worker {
 public:
  explicit mortal_worker(const function& f, const task_limits& limits = {})
      : session_(f, {.limits = limits, .supervised = true}, {}) {}

  /// The bytes that the worker dies of, when it works off a request that holds them.
  void fears(std::string text) { poison_ = std::move(text); }

  /// Receives bytes, works off at most `requests` whole ones. Returns: false if it died of one
  bool work(std::string_view received, std::size_t requests) {
    input_ += received;
    for (; requests > 0 && !session_.closing(); --requests) {
      const auto next = wire::first_frame(input_, std::size_t{1} << 30);
      if (!next) break;
      if (!poison_.empty() && next->message.find(poison_) != std::string_view::npos) return false;
      give(input_.substr(0, next->size));
      input_.erase(0, next->size);
    }
    if (ended_ && input_.empty() && !std::exchange(told_end_, true)) {
      session_.finish();
      drain();
    }
    return true;
  }
  void end_input() { ended_ = true; }
  /// Answers that nobody has read yet.
  std::string& answers() { return answers_; }
  std::size_t unread() const { return input_.size(); }
  bool ended() const { return session_.closing() && answers_.empty(); }

 private:
  void give(std::string_view bytes) {
    wire::copy_received(
        bytes, [&] { return session_.prepare(); },
        [&](std::size_t n) {
          session_.commit(n);
          drain();
        });
  }
  void drain() {
    for (bool more = true; more;) {
      more = session_.process();
      answers_ += session_.output();
      session_.consume_output(session_.output().size());
    }
  }

  agent::session session_;
  std::string input_, answers_, poison_;
  bool ended_ = false, told_end_ = false;
};

/// Random numbers, the first ones as a text has it: what a fuzzer can steer.
class chance_source {
 public:
  using result_type = std::uint64_t;
  chance_source(std::uint64_t seed, std::string_view script) : random_(seed), script_(script) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() {
    if (script_.empty()) return random_();
    const auto byte = static_cast<unsigned char>(script_.front());
    script_.remove_prefix(1);
    return byte * result_type{0x0101010101010101};
  }

 private:
  std::mt19937_64 random_;
  std::string_view script_;
};

/// How a conversation is disturbed.
struct disturbance {
  std::uint64_t seed = 1;
  std::string_view script = {};  // of the first random numbers
  double death = 0;              // probability of each step
  int deaths = 3;  // at most: a request on which more workers die, by chance, is suspected
  // The first worker dies when so many bytes have gone to it and are worked off, or have come of
  // it.
  std::optional<std::size_t> after_sent = {}, after_answered = {};
  std::string poison = {};  // in requests that kill
  double takeover = 0;      // probability of each step: another conversation goes on from its state
  std::size_t most_work = 1000;          // requests at once: fewer make a slow worker
  std::size_t socket = ~std::size_t{0};  // bytes that it may leave unread
  task_limits limits = {};
  int wall_speed = 0;  // how much faster than the other clock the wall clock goes
  journal::conversation_settings settings = {};
};

/// What became of it.
struct disturbed {
  std::string data;            // frames of begin, point, end
  std::string management;      // the others
  std::string sent, answered;  // to and of the first worker
  journal::conversation_totals totals;
  std::vector<std::string> log;
  std::vector<std::string> poison;  // what was kept of it
  std::size_t takeovers = 0;
};

/// The requests with snapshots asked for between them, each with that probability.
inline std::string with_snapshots(std::string_view requests, double probability,
                                  std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string result;
  while (const auto next = wire::first_frame(requests, std::size_t{1} << 30)) {
    result += requests.substr(0, next->size);
    requests.remove_prefix(next->size);
    if (!result.empty() && std::bernoulli_distribution(probability)(random))
      result += journal::empty_frame(wire::message_kind::snapshot);
  }
  return result;
}

/// Plays requests of Kapacitor through a conversation whose workers die, until all is said: every
/// move of bytes is as long as chance has it.
class disturbed_run {
 public:
  disturbed_run(const function& f, disturbance how)
      : function_(f),
        how_(std::move(how)),
        random_(how_.seed, how_.script),
        takeover_chance_(how_.seed) {
    conversation_.emplace(how_.settings, hooks());
  }

  disturbed play(std::string_view requests) {
    requests_ = requests;
    constexpr std::size_t patience = 3'000'000;
    for (std::size_t i = 0; !over(); ++i) {
      if (i > patience) throw std::runtime_error("the conversation does not end");
      if (std::bernoulli_distribution(how_.takeover)(takeover_chance_)) take_over();
      step();
    }
    result_.totals = conversation_->totals();
    sort_answers();
    return std::move(result_);
  }

 private:
  journal::conversation_hooks hooks() {
    return {{log_level::info,
             [this](log_level, std::string_view line) { result_.log.emplace_back(line); }},
            [this](std::string_view, std::string_view requests) {
              result_.poison.emplace_back(requests);
              return std::string("poison-file");
            }};
  }
  bool over() const { return conversation_->closing() && conversation_->output().empty(); }
  bool chance(double p) { return std::bernoulli_distribution(p)(random_); }
  /// Most often few, sometimes many.
  std::size_t some(std::size_t most) {
    const auto shift = random_() % 20;
    return std::min<std::size_t>(most, 1 + random_() % ((std::size_t{1} << shift) + 1));
  }

  void step() {
    const std::chrono::microseconds passed(random_() % 3000);
    now_.steady += passed;
    now_.wall += how_.wall_speed * passed;
    if (worker_ && deaths_ < how_.deaths && chance(how_.death)) {
      ++deaths_;
      kill();
    }
    switch (random_() % 6) {
      case 0:
        return hear();
      case 1:
        return start();
      case 2:
        return move_to_worker();
      case 3:
        return move_from_worker();
      case 4:
        return move_out();
      default:
        return conversation_->advance(now_);
    }
  }
  void hear() {
    if (!conversation_->wants_input()) return;
    if (requests_.empty()) return conversation_->finish(now_);
    const auto n = some(std::min(requests_.size(), std::size_t{16} << 10));
    take(requests_.substr(0, n));
    requests_.remove_prefix(n);
  }
  void take(std::string_view bytes) {
    wire::copy_received(
        bytes, [&] { return conversation_->prepare(); },
        [&](std::size_t n) { conversation_->commit(n, now_); });
  }
  void start() {
    if (!conversation_->wants_worker(now_.steady)) return;
    worker_ = std::make_unique<mortal_worker>(function_, how_.limits);
    ++workers_;
    worker_->fears(how_.poison);
    conversation_->attach(now_);
  }
  void move_to_worker() {
    if (!worker_) return;
    if (conversation_->ends_input()) worker_->end_input();
    const auto room = how_.socket - std::min(how_.socket, worker_->unread());
    const auto bytes = conversation_->to_worker().substr(0, room);
    const auto n = bytes.empty() ? 0 : to_first(some(bytes.size()), result_.sent, how_.after_sent);
    if (is_first()) result_.sent += bytes.substr(0, n);
    const bool lives = worker_->work(bytes.substr(0, n), some(how_.most_work));
    if (n != 0) conversation_->consume_to_worker(n, now_);
    if (!lives || (is_first() && result_.sent.size() == how_.after_sent)) kill();
  }
  bool is_first() const { return workers_ == 1; }
  /// At most what is left until the first worker's end.
  std::size_t to_first(std::size_t n, const std::string& moved,
                       std::optional<std::size_t> end) const {
    return is_first() && end ? std::min(n, *end - moved.size()) : n;
  }
  void move_from_worker() {
    if (!worker_) return;
    auto& answers = worker_->answers();
    if (answers.empty()) {
      if (worker_->ended()) end_worker("ended");
      return;
    }
    if (!conversation_->wants_answers()) return;
    const auto room = conversation_->prepare_answers();
    const auto n = to_first(std::min(room.size(), some(answers.size())), result_.answered,
                            how_.after_answered);
    std::memcpy(room.data(), answers.data(), n);
    conversation_->commit_answers(n, now_);
    if (is_first()) result_.answered += answers.substr(0, n);
    answers.erase(0, n);
    if (is_first() && result_.answered.size() == how_.after_answered) kill();
  }
  void move_out() {
    const auto bytes = conversation_->output();
    const auto n = bytes.empty() ? 0 : some(bytes.size());
    output_ += bytes.substr(0, n);
    if (n != 0) conversation_->consume_output(n);
  }
  /// The worker stays.
  void take_over() {
    const auto saved = conversation_->saved();
    conversation_.emplace(how_.settings, hooks());
    conversation_->load(saved);
    ++result_.takeovers;
    if (conversation_->saved() != saved) throw std::runtime_error("something was not taken over");
  }
  void kill() {
    if (worker_) end_worker("killed");
  }
  void end_worker(const char* why) {
    worker_.reset();
    conversation_->detach(why, now_);
  }
  void sort_answers() {
    std::string_view left = output_;
    while (const auto next = wire::first_frame(left, std::size_t{1} << 30)) {
      const auto kind = journal::kind_of(next->message);
      (journal::is_data(kind) ? result_.data : result_.management) += left.substr(0, next->size);
      left.remove_prefix(next->size);
    }
    if (!left.empty()) throw std::runtime_error("half a frame for Kapacitor");
  }

  const function& function_;
  const disturbance how_;
  chance_source random_;
  disturbed result_;
  std::mt19937_64 takeover_chance_;  // of its own: else the rest were another run
  std::optional<journal::conversation> conversation_;
  // Long after the streams, and always the same: when a run is made must not matter.
  journal::conversation::moment now_{
      {}, std::chrono::system_clock::time_point(std::chrono::hours(500'000))};
  std::unique_ptr<mortal_worker> worker_;
  std::string_view requests_;
  std::string output_;
  int deaths_ = 0, workers_ = 0;
};

}  // namespace kapacitor::udf::test
