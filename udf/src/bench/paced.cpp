#include "bench/paced.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/answers.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host::bench {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::duration;

// The kernel may wake us up later by this time: we spin for the rest.
constexpr std::chrono::microseconds spin{100};
// If all is sent and no answer comes for this time, there will be no more.
constexpr std::chrono::seconds silence{2};

/// A connection of a paced run.
struct lane {
  lane(const target& to, const task& how) : connection(open_task(to, how)) {}

  void flush();
  void read();

  std::unique_ptr<link> connection;
  std::string waiting;  // to be written
  answer_counter answers;
};

void lane::flush() {
  if (waiting.empty()) return;
  const auto n = ::write(connection->out(), waiting.data(), waiting.size());
  if (n > 0) waiting.erase(0, static_cast<std::size_t>(n));
}

void lane::read() {
  const auto room = answers.prepare();
  const auto n = ::read(connection->in(), room.data(), room.size());
  if (n > 0) answers.commit(static_cast<std::size_t>(n));
  if (answers.error()) {
    throw rule_violation("error-response", fmt::format("the UDF reports: {}", *answers.error()));
  }
  if (n == 0) throw rule_violation("closed-early", "the UDF closed the connection");
}

class paced_run {
 public:
  paced_run(const target& to, const task& how, const paced_settings& s)
      : to_(to),
        per_second_(s.rate),
        stream_(s.shape, std::max<std::size_t>(s.shape.groups, 1000)),
        messages_(static_cast<std::uint64_t>(
            std::max(1.0, s.rate * duration<double>(s.duration).count() /
                              static_cast<double>(stream_.points_per_message())))) {
    for (std::size_t i = 0; i < s.connections; ++i) {
      lanes_.push_back(std::make_unique<lane>(to, how));
      lanes_.back()->answers.on_time = [this](std::int64_t time) { note(time); };
    }
    // Else the kernel lets us sleep 50 us longer than asked for.
    ::prctl(PR_SET_TIMERSLACK, 1);
  }
  paced_result run();

 private:
  clock::time_point due(std::uint64_t sequence) const;
  void send_what_is_due();
  void note(std::int64_t time);
  void wait();
  bool over() const;
  double cpu() const;

  const target& to_;
  const double per_second_;  // points
  stream stream_;
  const std::uint64_t messages_;
  std::vector<std::unique_ptr<lane>> lanes_;
  clock::time_point start_;
  std::uint64_t sent_ = 0;
  clock::time_point read_at_, last_answer_;
  std::vector<double> seconds_;  // of each answer
};

/// A batch is due when its last point is.
clock::time_point paced_run::due(std::uint64_t sequence) const {
  const auto points = static_cast<double>((sequence + 1) * stream_.points_per_message());
  return start_ + std::chrono::nanoseconds(std::llround(points / per_second_ * 1e9));
}

void paced_run::send_what_is_due() {
  while (sent_ < messages_ && due(sent_) <= clock::now()) {
    auto& to = *lanes_[sent_ % lanes_.size()];
    to.waiting += stream_.stamped(sent_, 1).bytes;
    ++sent_;
    constexpr std::size_t much = std::size_t{64} << 10;
    if (to.waiting.size() > much) break;
  }
  for (const auto& l : lanes_) l->flush();
}

void paced_run::note(std::int64_t time) {
  const auto sequence = stream_.sequence_of(time);
  if (sequence >= sent_) return;
  seconds_.push_back(duration<double>(read_at_ - due(sequence)).count());
  last_answer_ = read_at_;
}

void paced_run::wait() {
  std::vector<pollfd> all;
  for (const auto& l : lanes_) {
    all.push_back({l->connection->in(), POLLIN, 0});
    if (!l->waiting.empty()) all.push_back({l->connection->out(), POLLOUT, 0});
  }
  std::chrono::nanoseconds pause = std::chrono::milliseconds(10);
  if (sent_ < messages_) pause = due(sent_) - clock::now() - spin;
  pause = std::max(pause, std::chrono::nanoseconds(0));
  const timespec limit{static_cast<time_t>(pause.count() / 1'000'000'000),
                       static_cast<long>(pause.count() % 1'000'000'000)};
  ::ppoll(all.data(), all.size(), &limit, nullptr);
  read_at_ = clock::now();
  for (const auto& p : all) {
    if (!(p.revents & ~POLLOUT)) continue;
    for (const auto& l : lanes_) {
      if (l->connection->in() == p.fd) l->read();
    }
  }
}

bool paced_run::over() const {
  if (sent_ < messages_) return false;
  return seconds_.size() >= sent_ || clock::now() - last_answer_ > silence;
}

double paced_run::cpu() const {
  double sum = 0;
  for (const auto& l : lanes_) {
    sum += usage_of(l->connection->peer()).cpu;
    if (to_.how == target::kind::socket) break;  // one server for all
  }
  return sum;
}

paced_result paced_run::run() {
  const auto cpu_before = cpu();
  start_ = last_answer_ = clock::now();
  while (!over()) {
    send_what_is_due();
    wait();
  }
  paced_result r;
  r.sent = sent_;
  r.answered = seconds_.size();
  r.cpu_per_point =
      (cpu() - cpu_before) / static_cast<double>(sent_ * stream_.points_per_message());
  if (seconds_.empty()) return r;
  std::sort(seconds_.begin(), seconds_.end());
  const auto at = [&](double share) {
    const auto i = static_cast<std::size_t>(share * static_cast<double>(seconds_.size()));
    return seconds_[std::min(i, seconds_.size() - 1)];
  };
  r.latency = {at(0.5), at(0.99), at(0.999), seconds_.back()};
  return r;
}

}  // namespace

paced_result run_paced(const target& to, const task& how, const paced_settings& s) {
  return paced_run(to, how, s).run();
}

}  // namespace kapacitor::udf::host::bench
