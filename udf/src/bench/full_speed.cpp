#include "bench/full_speed.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "bench/answers.hpp"
#include "drive/rule.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::host::bench {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::size_t piece_bytes = std::size_t{64} << 10;
constexpr std::size_t least_points = 20'000;  // of a stream, so that it is no longer in a cache

double own_cpu() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// One connection being driven: messages go out, answers are counted.
class flow {
 public:
  flow(const target& to, const task& how, const full_speed_settings& s)
      : link_(open_task(to, how)),
        stream_(s.shape, std::max(s.shape.groups, least_points / s.connections)),
        split_(s.split_writes),
        per_piece_(
            std::max<std::size_t>(1, piece_bytes * stream_.messages() / stream_.bytes().size())) {}

  /// Allows that number of messages more; without a bound until end().
  void allow(std::uint64_t messages) { last_ = sent_ + messages; }
  void allow_any() { last_ = ~std::uint64_t{0}; }
  /// Only finishes messages that have begun.
  void end() { last_ = sent_; }
  bool all_written() const { return rest_.empty() && sent_ >= last_; }

  void write();
  void read();
  bool closed() const { return closed_; }

  const link& connection() const { return *link_; }
  link& connection() { return *link_; }
  std::uint64_t points() const { return sent_ * stream_.points_per_message(); }
  std::size_t key_bytes() const { return stream_.key_bytes(); }
  std::size_t messages() const { return stream_.messages(); }
  const answer_counter& answers() const { return answers_; }
  clock::time_point last_answer() const { return last_answer_; }

 private:
  bool write_some(std::string_view bytes);
  std::string_view next_write() const;

  std::unique_ptr<link> link_;
  stream stream_;
  bool split_;
  std::size_t per_piece_;
  std::uint64_t sent_ = 0, last_ = 0;  // messages, begun and to be sent
  std::string_view rest_;              // of the piece being written
  std::size_t body_left_ = 0;          // of the message being written in two
  answer_counter answers_;
  clock::time_point last_answer_{};
  bool closed_ = false;
};

/// All bytes that wait; with split writes those of the next write.
std::string_view flow::next_write() const {
  if (!split_) return rest_;
  if (body_left_ > 0) return rest_.substr(0, body_left_);
  const auto frame = *wire::first_frame(rest_, rest_.size());
  return rest_.substr(0, frame.size - frame.message.size());
}

bool flow::write_some(std::string_view bytes) {
  const auto n = ::write(link_->out(), bytes.data(), bytes.size());
  if (n < 0) {
    if (errno == EAGAIN || errno == EINTR) return false;
    // The reason is in its answers.
    rest_ = {};
    last_ = sent_;
    return false;
  }
  const auto written = static_cast<std::size_t>(n);
  if (split_) {
    body_left_ = body_left_ > 0 ? body_left_ - written
                                : wire::first_frame(rest_, rest_.size())->message.size();
  }
  rest_.remove_prefix(written);
  return written == bytes.size();
}

void flow::write() {
  if (rest_.empty() && sent_ < last_) {
    const auto n = std::min<std::uint64_t>(per_piece_, last_ - sent_);
    const auto piece = stream_.stamped(sent_, static_cast<std::size_t>(n));
    rest_ = piece.bytes;
    sent_ += piece.messages;
  }
  while (!rest_.empty() && write_some(next_write())) {
  }
}

void flow::read() {
  const auto room = answers_.prepare();
  const auto n = ::read(link_->in(), room.data(), room.size());
  if (n > 0) {
    answers_.commit(static_cast<std::size_t>(n));
    last_answer_ = clock::now();
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    closed_ = true;
  }
  if (answers_.error()) {
    throw rule_violation("error-response", fmt::format("the UDF reports: {}", *answers_.error()));
  }
}

/// All connections, and which of them are ready.
class crowd {
 public:
  crowd(const target& to, const task& how, const full_speed_settings& s);
  ~crowd() { ::close(epoll_); }
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  full_speed_result run();

 private:
  void watch(std::size_t i, bool writing);
  void run_for(int milliseconds);
  void warm_up();
  void measure();
  void drain();
  template <class Of>
  std::uint64_t sum(Of of) const;
  usage peers() const;
  double target_cpu();
  bool all_closed() const;

  const target& to_;
  const full_speed_settings& settings_;
  int epoll_;
  std::vector<std::unique_ptr<flow>> flows_;
  std::vector<epoll_event> ready_;
  full_speed_result result_;
  usage before_;  // of the target, when the measuring begins
  usage last_;    // likewise, as late as it could be read
  double own_before_ = 0;
  clock::time_point start_;
  std::uint64_t points_before_ = 0;
};

crowd::crowd(const target& to, const task& how, const full_speed_settings& s)
    : to_(to), settings_(s), epoll_(::epoll_create1(EPOLL_CLOEXEC)), ready_(2 * s.connections) {
  for (std::size_t i = 0; i < s.connections; ++i) {
    flows_.push_back(std::make_unique<flow>(to, how, s));
    watch(i, true);
  }
}

void crowd::watch(std::size_t i, bool writing) {
  const auto& l = flows_[i]->connection();
  const auto set = [&](int fd, std::uint32_t events) {
    epoll_event e{};
    e.events = events;
    e.data.u64 = i;
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &e) != 0) ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e);
  };
  const std::uint32_t out = writing ? EPOLLOUT : 0U;
  if (l.in() == l.out()) return set(l.in(), EPOLLIN | out);
  set(l.in(), EPOLLIN);
  if (l.out() >= 0) set(l.out(), out);
}

void crowd::run_for(int milliseconds) {
  const int n = ::epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), milliseconds);
  for (int i = 0; i < n; ++i) {
    const auto& e = ready_[static_cast<std::size_t>(i)];
    auto& f = *flows_[e.data.u64];
    if (e.events & EPOLLOUT) f.write();
    if (e.events & ~static_cast<unsigned>(EPOLLOUT) && !f.closed()) f.read();
    if (f.closed()) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, f.connection().in(), nullptr);
  }
}

template <class Of>
std::uint64_t crowd::sum(Of of) const {
  std::uint64_t total = 0;
  for (const auto& f : flows_) total += of(*f);
  return total;
}

/// A server is one process for all connections, a command is one for each.
usage crowd::peers() const {
  if (to_.how == target::kind::socket) return usage_of(flows_.front()->connection().peer());
  usage all;
  for (const auto& f : flows_) {
    const auto one = usage_of(f->connection().peer());
    all.cpu += one.cpu;
    all.peak += one.peak;
    all.resident += one.resident;
    all.wakeups += one.wakeups;
  }
  return all;
}

bool crowd::all_closed() const {
  return std::all_of(flows_.begin(), flows_.end(), [](const auto& f) { return f->closed(); });
}

/// Every group comes up once, and the target has answered.
void crowd::warm_up() {
  const auto before = peers();
  for (std::size_t i = 0; i < flows_.size(); ++i) flows_[i]->allow(flows_[i]->messages());
  const auto written = [](const auto& f) { return f->all_written() || f->closed(); };
  while (!std::all_of(flows_.begin(), flows_.end(), written)) run_for(100);
  for (std::size_t i = 0; i < flows_.size(); ++i) watch(i, false);
  constexpr auto quiet = std::chrono::milliseconds(100);
  const auto answers = [](const flow& f) { return f.answers().counted().messages(); };
  auto since = clock::now();
  for (auto seen = sum(answers); clock::now() - since < quiet && !all_closed();) {
    run_for(10);
    if (const auto now = sum(answers); now != seen) {
      seen = now;
      since = clock::now();
    }
  }
  if (all_closed()) throw rule_violation("closed-early", "the UDF closed the connection");
  last_ = peers();
  const auto groups = static_cast<double>(settings_.shape.groups * flows_.size());
  result_.memory_per_group =
      (static_cast<double>(last_.resident) - static_cast<double>(before.resident) -
       static_cast<double>(sum([](const flow& f) { return f.key_bytes(); }))) /
      groups;
}

void crowd::measure() {
  before_ = last_;
  own_before_ = own_cpu();
  points_before_ = sum([](const flow& f) { return f.points(); });
  start_ = clock::now();
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    flows_[i]->allow_any();
    watch(i, true);
  }
  const auto stop = start_ + settings_.duration;
  while (clock::now() < stop && !all_closed()) run_for(10);
  // A target that leaves in the middle has not been measured.
  const auto left = [](const auto& f) { return f->closed(); };
  if (std::any_of(flows_.begin(), flows_.end(), left)) {
    throw rule_violation("closed-early", "the UDF closed the connection while it was measured");
  }
  std::uint64_t slowest = ~std::uint64_t{0}, all = 0;
  for (const auto& f : flows_) {
    const auto n = f->points() - points_before_ / flows_.size();
    slowest = std::min(slowest, n);
    all += n;
  }
  result_.slowest_connection =
      static_cast<double>(slowest) * static_cast<double>(flows_.size()) / static_cast<double>(all);
}

/// Messages that have begun are written and answered; the target closes.
void crowd::drain() {
  for (const auto& f : flows_) f->end();
  constexpr auto patience = std::chrono::seconds(30);
  std::vector<bool> half_closed(flows_.size(), false);
  const auto give_up = clock::now() + patience;
  while (!all_closed()) {
    for (std::size_t i = 0; i < flows_.size(); ++i) {
      if (half_closed[i] || !flows_[i]->all_written()) continue;
      if (std::count(half_closed.begin(), half_closed.end(), true) == 0) {
        last_ = peers();
      }
      half_closed[i] = true;
      flows_[i]->connection().end_input();
      watch(i, false);
    }
    if (clock::now() > give_up) {
      throw rule_violation("not-closed", "the UDF does not close after the end of the input");
    }
    run_for(10);
  }
}

/// Seconds since the measuring began.
double crowd::target_cpu() {
  double cpu = 0;
  if (to_.how == target::kind::command) {
    for (const auto& f : flows_) {
      cpu += f->connection().final_cpu(std::chrono::seconds(10)).value_or(0);
    }
  } else {
    cpu = peers().cpu;
  }
  return std::max(cpu, last_.cpu) - before_.cpu;
}

full_speed_result crowd::run() {
  warm_up();
  measure();
  drain();
  auto end = start_;
  for (const auto& f : flows_) end = std::max(end, f->last_answer());
  const auto total = sum([](const flow& f) { return f.points(); });
  result_.points = total - points_before_;
  const auto points = static_cast<double>(result_.points);
  const auto seconds = duration<double>(end - start_).count();
  result_.rate = seconds > 0 ? points / seconds : 0;
  result_.driver_cpu_per_point = (own_cpu() - own_before_) / points;
  result_.cpu_per_point = target_cpu() / points;
  result_.peak_memory = last_.peak;
  result_.wakeups_per_second =
      seconds > 0 ? static_cast<double>(last_.wakeups - before_.wakeups) / seconds : 0;
  const auto answers = sum([](const flow& f) { return f.answers().counted().points; });
  result_.answers_per_point = static_cast<double>(answers) / static_cast<double>(total);
  return result_;
}

}  // namespace

full_speed_result run_full_speed(const target& to, const task& how, const full_speed_settings& s) {
  return crowd(to, how, s).run();
}

}  // namespace kapacitor::udf::host::bench
