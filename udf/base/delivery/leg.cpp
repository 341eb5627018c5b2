#include "base/delivery/leg.hpp"

#include <utility>

#include <fmt/format.h>

namespace kapacitor {
namespace {

// One on its way and a few ready: the next one starts when the answer comes.
constexpr std::size_t most_waiting = 4;

}  // namespace

leg::leg(plan p, hooks h)
    : name_(p.how.peer),
      refused_code_(p.refused_code),
      hooks_(std::move(h)),
      delivery_(std::move(p.how), hooks_.log),
      target_(std::move(p.to)) {}

leg::~leg() {
  target_->cancel();
}

bool leg::full() const {
  return delivery_.waiting_batches() >= most_waiting;
}

steady_time leg::pump(steady_time now) {
  using step = delivery::step;
  pumping_ = true;
  auto next = delivery_.next(now);
  while (next.what == step::send) {
    send();
    next = delivery_.next(now);
  }
  pumping_ = false;
  idle_ = next.what == step::idle;
  if (next.what == step::create_database && !std::exchange(creating_, true)) {
    hooks_.create_database();
  }
  if (next.what == step::refused) {
    ended_ = reader_left_ ? run_ended(exit_code::success, "")
                          : run_ended(refused_code_, delivery_.why());
  }
  if (next.what == step::give_up) {
    // What is no server, such as a file, cannot be unreachable.
    const bool is_server = refused_code_ == exit_code::refused;
    ended_ = run_ended(is_server ? exit_code::unreachable : refused_code_,
                       name_ + " has not taken our points for too long: giving up");
  }
  return next.what == step::wait ? next.until : steady_time::max();
}

void leg::send() {
  target_->send(delivery_.head(), [this](const server_answer& a) {
    if (a.status == target::reader_gone) reader_left_ = true;
    delivery_.answered(a, std::chrono::steady_clock::now());
    if (!pumping_) hooks_.answered();
  });
}

void leg::database_answered(const server_answer& a, steady_time now) {
  if (std::exchange(creating_, false)) delivery_.database_answered(a, now);
}

leg_tally& leg_tally::operator+=(const leg_tally& other) {
  name = other.name;
  points += other.points;
  service_time.merge(other.service_time);
  time_from_schedule.merge(other.time_from_schedule);
  failing = failing || other.failing;
  return *this;
}

leg_tally leg::totals() const {
  return {name_, delivery_.totals(), delivery_.service_time(), delivery_.time_from_schedule(),
          delivery_.failing()};
}

}  // namespace kapacitor
