#include "check/peer.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include <fmt/format.h>

#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr auto longest_conversation = std::chrono::seconds(30);
constexpr std::size_t much = std::size_t{256} << 20;

int milliseconds_until(std::chrono::steady_clock::time_point t) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(t - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

}  // namespace

peer::~peer() {
  if (transport_.from_udf() < 0) return;
  try {
    unwritten_.clear();
    reading_ = true;
    transport_.end_input();
    wait_for_end(patience_);
  } catch (const verdict&) {
    // The UDF floods us.
  }
}

void peer::ask(management which, const std::string& encoded) {
  expect(which);
  say(framed(encoded));
}

void peer::expect(management which) {
  if (which == management::keepalive) {
    ++keepalives_;
  } else {
    heard_->expect(which);
  }
}

void peer::ask_keepalive() {
  ask(management::keepalive, keepalive_request(1));
}

bool peer::wait(const std::function<bool()>& condition, duration within) {
  const auto until = clock::now() + within;
  while (!condition()) {
    if (clock::now() >= until) return false;
    const bool nothing_can_come = ended_ && (unwritten_.empty() || broken_);
    if (nothing_can_come) return condition();
    step(until);
  }
  return true;
}

void peer::listen(duration time) {
  wait([] { return false; }, time);
}

bool peer::flush(duration within) {
  return wait([this] { return unwritten_.empty() || broken_; }, within) && !broken_;
}

void peer::end_input(duration within) {
  flush(within);
  transport_.end_input();
}

bool peer::wait_for_end(duration within) {
  return wait([this] { return ended_; }, within);
}

bool peer::wait_while_it_moves(const std::function<bool()>& condition, duration silence) {
  const auto give_up = clock::now() + longest_conversation;
  for (auto before = moved_; !wait(condition, silence); before = moved_) {
    const bool stuck = moved_ == before || clock::now() >= give_up;
    if (stuck || ended_) return condition();
  }
  return true;
}

bool peer::finish(duration silence) {
  wait_while_it_moves([this] { return unwritten_.empty() || broken_; }, silence);
  transport_.end_input();
  return wait_while_it_moves([this] { return ended_; }, silence);
}

bool peer::settle(duration silence) {
  const auto answers = [this] { return heard_->count(::agent::Response::kKeepalive); };
  ask_keepalive();
  return wait_while_it_moves([&] { return answers() >= keepalives_ || heard_->error(); },
                             silence) &&
         !ended_;
}

// Twice: an answer to management may overtake the last one to data, but not two of them.
bool peer::conclude(duration silence) {
  if (settle(silence)) settle(silence);
  return finish(silence);
}

void peer::say_in_pieces(std::string_view bytes, std::size_t piece) {
  constexpr auto patience = std::chrono::milliseconds(20);
  for (std::size_t at = 0; at < bytes.size() && !ended_; at += piece) {
    say(bytes.substr(at, piece));
    flush(std::chrono::seconds(1));
    const auto until = clock::now() + patience;
    while (transport_.unread() > 0 && clock::now() < until) std::this_thread::yield();
  }
}

// One round of poll(): reads and writes as much as it can.
void peer::step(clock::time_point until) {
  const bool read_now = reading_ && !ended_;
  const bool write_now = !unwritten_.empty() && !broken_;
  std::array<pollfd, 3> waiting{{{read_now ? transport_.from_udf() : -1, POLLIN, 0},
                                 {write_now ? transport_.to_udf() : -1, POLLOUT, 0},
                                 {transport_.from_stderr(), POLLIN, 0}}};
  if (::poll(waiting.data(), waiting.size(), milliseconds_until(until)) <= 0) return;
  if (waiting[2].revents) read_stderr();
  if (waiting[0].revents) read();
  if (waiting[1].revents) write();
}

void peer::read() {
  std::array<char, 65536> chunk;
  const auto n = transport_.read(chunk.data(), chunk.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  note_heard();
  if (n > 0) {
    moved_ += static_cast<std::size_t>(n);
    heard_->take({chunk.data(), static_cast<std::size_t>(n)});
    if (heard_->bytes() > much) fail(fmt::format("it says more than {} MiB", much >> 20));
    return;
  }
  ended_ = true;
  heard_->finish();
}

void peer::write() {
  const auto n = transport_.write(unwritten_);
  if (n > 0) {
    moved_ += static_cast<std::size_t>(n);
    unwritten_.erase(0, static_cast<std::size_t>(n));
  } else if (errno != EAGAIN && errno != EINTR) {
    broken_ = true;
  }
}

void peer::read_stderr() {
  constexpr std::size_t enough = 10'000;
  stderr_ += transport_.take_stderr();
  if (stderr_.size() > enough) stderr_.erase(0, stderr_.size() - enough);
}

void peer::note_heard() {
  const auto now = clock::now();
  longest_silence_ = std::max<duration>(longest_silence_, now - last_heard_);
  last_heard_ = now;
}

peer::duration peer::take_longest_silence() {
  note_heard();
  return std::exchange(longest_silence_, {});
}

std::optional<std::string> peer::wait_for_exit(duration within) {
  const auto until = clock::now() + within;
  while (!transport_.ended() && clock::now() < until) {
    const auto soon = std::min(until, clock::now() + std::chrono::milliseconds(5));
    if (transport_.from_stderr() >= 0) {
      step(soon);
    } else {
      std::this_thread::sleep_until(soon);
    }
  }
  return transport_.ended();
}

// Go prints the reason first, and then the place; others print the reason last.
std::string_view peer::last_line() const {
  std::string_view text = stderr_;
  const auto panic = text.rfind("panic: ");
  if (panic != text.npos) return text.substr(panic, text.find('\n', panic) - panic);
  text = text.substr(0, text.find_last_not_of("\r\n \t") + 1);
  return text.substr(text.rfind('\n') + 1);
}

std::string peer::last_words() {
  if (!has_process()) return {};
  const auto how = wait_for_exit(std::chrono::milliseconds(100));
  const auto last = last_line();
  auto text = how && !how->empty() ? *how : std::string();
  if (!last.empty() && !text.empty()) text += fmt::format(", its last words: {}", last);
  return text.empty() ? text : fmt::format(" ({})", text);
}

}  // namespace kapacitor::udf::host::check
