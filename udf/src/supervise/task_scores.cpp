#include "supervise/task_scores.hpp"

#include <fcntl.h>

#include <bit>
#include <cerrno>
#include <string>
#include <system_error>

#include "base/text/error.hpp"

namespace kapacitor::udf::supervise {

task_scores::task_scores(const saved_scores& saved) : board_(owned_fd(saved.board)) {
  for (const auto& t : saved.tasks) {
    tasks_[t.id] = {
        static_cast<std::size_t>(t.seat), std::bit_cast<agent::session_totals>(t.before),
        std::bit_cast<agent::session_totals>(t.kept), std::bit_cast<metrics::work_times>(t.worked)};
    seats_.is_taken(static_cast<std::size_t>(t.seat));
  }
}

int task_scores::shared() const {
  const int fd = ::fcntl(board_.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    throw start_error("no descriptor for a worker: " + std::generic_category().message(errno));
  return fd;
}

std::size_t task_scores::seat_for(std::uint64_t connection) {
  auto& t = tasks_[connection];
  t.worked += board_.read(t.seat).work;
  seats_.leave(t.seat);
  t.seat = seats_.take();
  t.before = t.kept;
  board_.clear(t.seat);
  return t.seat;
}

void task_scores::snapshot_taken(std::uint64_t connection) {
  const auto found = tasks_.find(connection);
  if (found == tasks_.end()) return;
  auto& t = found->second;
  t.kept = t.before;
  t.kept += board_.read(t.seat).snapshot;
}

void task_scores::ended(std::uint64_t connection) {
  const auto found = tasks_.find(connection);
  if (found == tasks_.end()) return;
  seats_.leave(found->second.seat);
  tasks_.erase(found);
}

metrics::score task_scores::of(std::uint64_t connection) const {
  const auto found = tasks_.find(connection);
  if (found == tasks_.end()) return {};
  auto s = board_.read(found->second.seat);
  const auto groups = s.now.groups;
  s.now += found->second.before;
  s.now.groups = groups;
  s.work += found->second.worked;
  return s;
}

saved_scores task_scores::saved() const {
  saved_scores s{.board = board_.descriptor()};
  for (const auto& [id, t] : tasks_) {
    s.tasks.push_back({id, t.seat, std::bit_cast<agent::total_numbers>(t.before),
                       std::bit_cast<agent::total_numbers>(t.kept),
                       std::bit_cast<saved_scores::work_numbers>(t.worked)});
  }
  return s;
}

}  // namespace kapacitor::udf::supervise
