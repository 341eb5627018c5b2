#include "supervise/task_scores.hpp"

#include <fcntl.h>

#include "base/numbers/number_row.hpp"

namespace kapacitor::udf::supervise {

task_scores::task_scores(const saved_scores& saved) : board_(owned_fd(saved.board)) {
  for (const auto& t : saved.tasks) {
    tasks_[t.id] = {static_cast<std::size_t>(t.seat), from_row<agent::session_totals>(t.before),
                    from_row<agent::session_totals>(t.kept),
                    from_row<metrics::work_times>(t.worked)};
    seats_.is_taken(static_cast<std::size_t>(t.seat));
  }
}

int task_scores::shared() const {
  return ::fcntl(board_.descriptor(), F_DUPFD_CLOEXEC, 0);
}

std::size_t task_scores::seat_for(std::uint64_t connection) {
  auto& t = tasks_[connection];
  add_each(t.worked, board_.read(t.seat).work);
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
  add_each(t.kept, board_.read(t.seat).snapshot);
  t.kept.groups = 0;  // they are what a worker has now
}

void task_scores::ended(std::uint64_t connection) {
  const auto found = tasks_.find(connection);
  if (found == tasks_.end()) return;
  seats_.leave(found->second.seat);
  tasks_.erase(found);
}

metrics::warning task_scores::warned(std::uint64_t connection) const {
  const auto found = tasks_.find(connection);
  return found == tasks_.end() ? metrics::warning{} : board_.warned(found->second.seat);
}

metrics::watched_group task_scores::watch(std::uint64_t connection,
                                          const metrics::watch_request& r) {
  const auto found = tasks_.find(connection);
  return board_.watch(found == tasks_.end() ? metrics::scoreboard::nowhere : found->second.seat, r);
}

metrics::score task_scores::of(std::uint64_t connection) const {
  const auto found = tasks_.find(connection);
  if (found == tasks_.end()) return {};
  auto s = board_.read(found->second.seat);
  add_each(s.now, found->second.before);
  add_each(s.work, found->second.worked);
  return s;
}

saved_scores task_scores::saved() const {
  saved_scores s{.board = board_.descriptor()};
  for (const auto& [id, t] : tasks_)
    s.tasks.push_back({id, t.seat, row_of(t.before), row_of(t.kept), row_of(t.worked)});
  return s;
}

}  // namespace kapacitor::udf::supervise
