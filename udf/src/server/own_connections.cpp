#include "server/own_connections.hpp"

namespace kapacitor::udf::server {

own_connections::place::place(own_connections& all, std::uint64_t id, const std::string& function)
    : all_(&all), id_(id) {
  const std::lock_guard lock(all.mutex_);
  const auto seat = all.seats_.take();
  all.board_.clear(seat);
  all.all_[id] = {function, "", "", seat};
}

own_connections::place::~place() {
  if (!all_) return;
  const std::lock_guard lock(all_->mutex_);
  const auto found = all_->all_.find(id_);
  all_->seats_.leave(found->second.seat);
  all_->all_.erase(found);
}

std::size_t own_connections::place::seat() const {
  const std::lock_guard lock(all_->mutex_);
  return all_->all_.at(id_).seat;
}

void own_connections::place::is_of(const std::string& task, const std::string& node) const {
  const std::lock_guard lock(all_->mutex_);
  auto& mine = all_->all_.at(id_);
  mine.task = task;
  mine.node = node;
}

std::vector<connection_view> own_connections::view() const {
  const std::lock_guard lock(mutex_);
  std::vector<connection_view> result;
  result.reserve(all_.size());
  for (const auto& [id, c] : all_) {
    result.push_back({id, c.function, c.task, c.node, board_.read(c.seat), board_.warned(c.seat)});
  }
  return result;
}

/// Of several connections of the task the newest one.
metrics::watched_group own_connections::watch(const metrics::watch_request& r) {
  const std::lock_guard lock(mutex_);
  std::size_t seat = metrics::scoreboard::nowhere;
  for (const auto& [id, c] : all_) {
    if (c.function == r.function && c.task == r.task && c.node == r.node) seat = c.seat;
  }
  return board_.watch(seat, r);
}

}  // namespace kapacitor::udf::server
