#include "bench/snapshots.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <udf.pb.h>

#include "drive/frames.hpp"
#include "drive/requests.hpp"
#include "drive/rule.hpp"
#include "session/management.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include <kapacitor/udf/detail/large_memory.hpp>

namespace kapacitor::udf::host::bench {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::duration;

/// Room for whatever comes, taken from the system as it is used: growing would be measured too.
class large_buffer {
 public:
  large_buffer() : bytes_(::mmap(nullptr, size_, PROT_READ | PROT_WRITE, flags_, -1, 0)) {
    if (bytes_ == MAP_FAILED) throw std::bad_alloc();
    detail::prefer_large_pages(bytes_, size_);
  }
  ~large_buffer() { ::munmap(bytes_, size_); }
  large_buffer(const large_buffer&) = delete;
  large_buffer& operator=(const large_buffer&) = delete;

  const char* bytes() const { return static_cast<const char*>(bytes_); }
  std::size_t size() const { return size_; }
  std::span<char> from(std::size_t at) { return {static_cast<char*>(bytes_) + at, size_ - at}; }

 private:
  static constexpr std::size_t size_ = std::size_t{2} << 30;
  static constexpr int flags_ = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* bytes_;
};

/// A request that takes long, with keepalives behind it.
class long_exchange {
 public:
  /// The request in two parts. They and `into` must outlive this.
  long_exchange(link& l, std::string_view head, std::string_view body, large_buffer& into)
      : link_(l), rest_{head, body}, into_(into), asked_(clock::now()), heard_(asked_) {}

  /// Returns: the body of the answer that is of this kind, in the buffer
  std::string_view until(wire::message_kind wanted, std::chrono::nanoseconds life);
  double took() const { return duration<double>(heard_ - asked_).count(); }
  double silence() const { return silence_; }

 private:
  void write(std::chrono::nanoseconds life);
  void read();
  std::optional<std::string_view> take(wire::message_kind wanted);

  link& link_;
  std::string_view rest_[2];
  std::string life_;
  large_buffer& into_;
  std::size_t received_ = 0, taken_ = 0;
  const clock::time_point asked_;
  clock::time_point heard_, asked_for_life_ = clock::now();
  double silence_ = 0;
};

void long_exchange::write(std::chrono::nanoseconds life) {
  for (auto& part : rest_) {
    if (part.empty()) continue;
    const auto n = ::write(link_.out(), part.data(), part.size());
    if (n > 0) part.remove_prefix(static_cast<std::size_t>(n));
    return;
  }
  if (clock::now() - asked_for_life_ < life) return;
  asked_for_life_ = clock::now();
  life_ = framed(keepalive_request(1));
  rest_[0] = life_;
}

void long_exchange::read() {
  const auto room = into_.from(received_);
  const auto n = ::read(link_.in(), room.data(), room.size());
  if (n > 0) received_ += static_cast<std::size_t>(n);
  if (n == 0) throw rule_violation("closed-early", "the UDF closed the connection");
}

std::optional<std::string_view> long_exchange::take(wire::message_kind wanted) {
  for (;;) {
    const std::string_view unread(into_.bytes() + taken_, received_ - taken_);
    const auto frame = wire::first_frame(unread, into_.size());
    if (!frame) return std::nullopt;
    const auto now = clock::now();
    silence_ = std::max(silence_, duration<double>(now - heard_).count());
    heard_ = now;
    taken_ += frame->size;
    const auto e = wire::open_envelope(frame->message);
    if (e.kind == wanted) return e.body;
  }
}

std::string_view long_exchange::until(wire::message_kind wanted, std::chrono::nanoseconds life) {
  constexpr auto patience = std::chrono::seconds(60);
  while (clock::now() - asked_ < patience) {
    write(life);
    const bool more = !rest_[0].empty() || !rest_[1].empty();
    pollfd both[] = {{link_.in(), POLLIN, 0}, {link_.out(), POLLOUT, 0}};
    ::poll(both, more ? 2 : 1, 10);
    if (both[0].revents != 0) read();
    if (const auto body = take(wanted)) return *body;
  }
  throw rule_violation("keepalive", "the UDF does not answer within a minute");
}

/// Sends the points, reading answers meanwhile, until the target has worked them off.
void fill(link& l, stream& points) {
  std::string_view rest = points.bytes();
  std::vector<char> answers(std::size_t{1} << 18);
  while (!rest.empty()) {
    pollfd both[] = {{l.in(), POLLIN, 0}, {l.out(), POLLOUT, 0}};
    ::poll(both, 2, 1000);
    if (both[0].revents != 0 && ::read(l.in(), answers.data(), answers.size()) == 0) {
      throw rule_violation("closed-early", "the UDF closed the connection");
    }
    const auto n = ::write(l.out(), rest.data(), std::min<std::size_t>(rest.size(), 1 << 16));
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  }
  for (pollfd in{l.in(), POLLIN, 0}; ::poll(&in, 1, 200) > 0;) {
    if (::read(l.in(), answers.data(), answers.size()) <= 0) return;
  }
}

}  // namespace

snapshot_result run_snapshots(const target& to, const task& how, const stream_shape& shape,
                              std::chrono::nanoseconds life) {
  // As many points of each group as a window of ten takes.
  constexpr std::size_t rounds = 10;
  snapshot_result r;
  const auto first = open_task(to, how);
  {
    stream points(shape, shape.groups);
    for (std::size_t i = 0; i < rounds; ++i) fill(*first, points);
  }
  large_buffer saved_bytes, restored_bytes;
  const auto ask = framed(snapshot_request());
  long_exchange save(*first, ask, {}, saved_bytes);
  // Both messages have nothing but their bytes.
  const auto saved = agent::read_restore(save.until(wire::message_kind::snapshot, life));
  r.snapshot = save.took();
  r.bytes = saved.size();
  if (r.bytes == 0) throw rule_violation("snapshot", "the UDF keeps no snapshot of that size");
  const auto second = open_task(to, how);
  const auto head = wire::head_of_frame(wire::message_kind::restore, saved.size());
  long_exchange load(*second, head, saved, restored_bytes);
  ::agent::RestoreResponse restored;
  const auto body = load.until(wire::message_kind::restore, life);
  restored.ParseFromArray(body.data(), static_cast<int>(body.size()));
  if (!restored.success()) throw rule_violation("restore-refused", restored.error());
  r.restore = load.took();
  r.silence = std::max(save.silence(), load.silence());
  r.peak_memory = usage_of(second->peer()).peak;
  return r;
}

double run_start(const target& to, std::chrono::nanoseconds patience) {
  const auto start = clock::now();
  link l(to);
  l.exchange(info_request(), patience);
  return duration<double>(clock::now() - start).count();
}

double run_idle(const target& to, const task& how, std::chrono::nanoseconds duration) {
  const auto l = open_task(to, how);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // what the start has left to do
  const auto before = usage_of(l->peer()).wakeups;
  std::this_thread::sleep_for(duration);
  return static_cast<double>(usage_of(l->peer()).wakeups - before) /
         std::chrono::duration<double>(duration).count();
}

}  // namespace kapacitor::udf::host::bench
