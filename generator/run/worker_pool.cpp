#include "run/worker_pool.hpp"

#include <utility>

namespace kapacitor::generator {
namespace {

// A worker that is busy making points answers within a few milliseconds; one that hangs in a write
// to a full pipe does not.
constexpr auto answer_limit = std::chrono::milliseconds(200);

}  // namespace

worker_pool::worker_pool(workload& what, targets& to, run_state& shared, hooks h)
    : workload_(what), targets_(to), state_(shared), hooks_(std::move(h)) {}

void worker_pool::start(const request_settings& how, workload::beginning b) {
  for (std::size_t i = 0; i < how.threads; ++i) {
    workers_.push_back(std::make_unique<worker>([this, i] { hooks_.ended(i); }));
  }
  for (std::size_t i = 0; i < how.connections; ++i) {
    auto& in = *workers_[i % workers_.size()];
    if (auto made = make_lane(i, how, in, b)) in.add(std::move(made));
  }
  last_known_.resize(workers_.size());
  ended_.resize(workers_.size());
  running_ = workers_.size();
  for (auto& w : workers_) w->start();
}

/// Null if there is nothing for it to do.
std::unique_ptr<lane> worker_pool::make_lane(std::size_t index, const request_settings& how,
                                             worker& in, workload::beginning b) {
  lane::plan p;
  p.from = workload_.make_feed(index, how.connections, b);
  if (!p.from) return nullptr;
  p.legs = targets_.legs(in.loop(), index);
  p.max_retry_time = how.max_retry_time;
  p.shared = &state_;
  p.log = hooks_.log;
  p.create_database = hooks_.create_database;
  return std::make_unique<lane>(std::move(p));
}

const std::optional<run_ended>& worker_pool::take_ended(std::size_t index) {
  --running_;
  ended_[index] = true;
  workers_[index]->join();
  return workers_[index]->failure();
}

void worker_pool::stop(steady_time by) {
  for (auto& w : workers_) w->stop(by);
}

void worker_pool::abort() {
  for (auto& w : workers_) w->abort();
}

void worker_pool::join() {
  for (auto& w : workers_) w->join();
  ended_.assign(workers_.size(), true);
  running_ = 0;
}

void worker_pool::database_answered(const server_answer& a) {
  for (auto& w : workers_) w->database_answered(a);
}

void worker_pool::reopen_labels() {
  if (running_ == 0) return;
  workers_.front()->loop().post([this] { workload_.reopen(); });
}

tally worker_pool::totals() {
  tally sum;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    auto& w = *workers_[i];
    if (ended_[i]) {
      last_known_[i] = std::as_const(w).totals();
    } else if (auto current = w.totals(answer_limit)) {
      last_known_[i] = std::move(*current);
    }
    sum += last_known_[i];
  }
  return sum;
}

}  // namespace kapacitor::generator
