#include <host/bench/snapshots.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <thread>

#include <udf.pb.h>

#include <agent/management.hpp>
#include <fmt/format.h>
#include <host/frames.hpp>
#include <host/requests.hpp>
#include <host/rule.hpp>
#include <wire/frame.hpp>
#include <wire/point_codec.hpp>

namespace kapacitor::udf::host::bench {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::duration;

/// A request that takes long, with requests for a sign of life behind it.
class long_exchange {
 public:
  long_exchange(link& l, const std::string& request, std::chrono::nanoseconds life)
      : link_(l), life_(life), to_write_(framed(request)), asked_(clock::now()), heard_(asked_) {}

  /// Returns: the answer that is of this kind
  std::string until(std::uint32_t wanted);
  double took() const { return duration<double>(heard_ - asked_).count(); }
  double silence() const { return silence_; }

 private:
  void write();
  void read();
  std::optional<std::string> take(std::uint32_t wanted);

  link& link_;
  const std::chrono::nanoseconds life_;
  std::string to_write_;
  std::size_t written_ = 0;
  std::string received_;
  const clock::time_point asked_;
  clock::time_point heard_, asked_for_life_ = clock::now();
  double silence_ = 0;
};

void long_exchange::write() {
  if (clock::now() - asked_for_life_ > life_) {
    asked_for_life_ = clock::now();
    to_write_ += framed(keepalive_request(1));
  }
  const auto n =
      ::write(link_.out(), to_write_.data() + written_, to_write_.size() - written_);
  if (n > 0) written_ += static_cast<std::size_t>(n);
}

void long_exchange::read() {
  const auto before = received_.size();
  constexpr std::size_t chunk = std::size_t{1} << 18;
  received_.resize(before + chunk);
  const auto n = ::read(link_.in(), received_.data() + before, chunk);
  received_.resize(before + (n > 0 ? static_cast<std::size_t>(n) : 0));
  if (n == 0) throw rule_violation("closed-early", "the UDF closed the connection");
}

std::optional<std::string> long_exchange::take(std::uint32_t wanted) {
  while (const auto frame = wire::first_frame(received_, ~std::size_t{0} >> 1)) {
    const auto now = clock::now();
    silence_ = std::max(silence_, duration<double>(now - heard_).count());
    heard_ = now;
    std::string message(frame->message);
    received_.erase(0, frame->size);
    if (wire::open_envelope(message).number == wanted) return message;
  }
  return std::nullopt;
}

std::string long_exchange::until(std::uint32_t wanted) {
  constexpr auto patience = std::chrono::seconds(60);
  while (clock::now() - asked_ < patience) {
    write();
    pollfd both[] = {{link_.in(), POLLIN, 0}, {link_.out(), POLLOUT, 0}};
    ::poll(both, written_ < to_write_.size() ? 2 : 1, 10);
    if (both[0].revents != 0) read();
    if (auto message = take(wanted)) return *message;
  }
  throw rule_violation("keepalive", "the UDF does not answer within a minute");
}

constexpr auto snapshot_kind = static_cast<std::uint32_t>(agent::management::snapshot);
constexpr auto restore_kind = static_cast<std::uint32_t>(agent::management::restore);

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
  long_exchange save(*first, snapshot_request(), life);
  ::agent::Response saved;
  saved.ParseFromString(save.until(snapshot_kind));
  r.snapshot = save.took();
  r.bytes = saved.snapshot().snapshot().size();
  if (r.bytes == 0) throw rule_violation("snapshot", "the UDF keeps no snapshot of that size");
  const auto second = open_task(to, how);
  long_exchange load(*second, restore_request(saved.snapshot().snapshot()), life);
  ::agent::Response restored;
  restored.ParseFromString(load.until(restore_kind));
  if (!restored.restore().success()) {
    throw rule_violation("restore-refused", restored.restore().error());
  }
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
