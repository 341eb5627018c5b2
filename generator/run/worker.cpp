#include "run/worker.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace kapacitor::generator {

worker::~worker() {
  if (!thread_.joinable()) return;
  abort();
  thread_.join();
}

void worker::start() {
  thread_ = std::thread([this] { run(); });
}

void worker::join() {
  if (thread_.joinable()) thread_.join();
}

void worker::run() {
  try {
    while (step()) {
    }
  } catch (const std::exception& error) {
    failure_.emplace(exit_code::failed, error.what());
  }
  // What the lanes had asked for is called off here, by the thread that may.
  for (auto& l : lanes_) l->abort();
  on_end_();
}

bool worker::step() {
  auto wake = steady_time::max();
  bool over = true;
  for (auto& l : lanes_) {
    wake = std::min(wake, l->step(std::chrono::steady_clock::now()));
    over = over && l->finished();
    if (l->failure()) {
      failure_ = l->failure();
      return false;
    }
  }
  if (!over) loop_.run_until(wake);
  return !over;
}

void worker::stop(steady_time by) {
  loop_.post([this, by] {
    for (auto& l : lanes_) l->stop(by);
  });
}

void worker::abort() {
  loop_.post([this] {
    for (auto& l : lanes_) l->abort();
  });
}

void worker::database_answered(const server_answer& a) {
  loop_.post([this, a] {
    for (auto& l : lanes_) l->database_answered(a, std::chrono::steady_clock::now());
  });
}

std::optional<tally> worker::totals(std::chrono::milliseconds within) {
  auto asked = std::make_shared<std::promise<tally>>();
  auto answered = asked->get_future();
  loop_.post([this, asked] { asked->set_value(std::as_const(*this).totals()); });
  if (answered.wait_for(within) != std::future_status::ready) return std::nullopt;
  return answered.get();
}

tally worker::totals() const {
  tally sum;
  for (const auto& l : lanes_) sum += l->totals();
  return sum;
}

}  // namespace kapacitor::generator
