#include "server/worker.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/text/log.hpp"
#include "server/crash_place.hpp"

namespace kapacitor::udf::server {

worker::worker(std::shared_ptr<server_context> shared)
    : shared_(std::move(shared)),
      watched_(shared_->heartbeats.add_thread()),
      guard_(context_.get_executor()) {}

void worker::start() {
  // The thread keeps what it uses: it may have to be left alone in a function that hangs.
  thread_ = std::thread([self = shared_from_this()]() mutable {
    self->run();
    self->ended_.set_value();
  });
}

/// As io_context::run(), but for the moments between.
void worker::run_loop() {
  do {
    for (;;) {
      context_.poll();
      const auto pause = read_pause_.pause(read_pause::clock::now());
      if (pause.count() == 0) break;
      std::this_thread::sleep_for(pause);
    }
  } while (context_.run_one() > 0);
}

/// An exception that left the thread would end the tasks of all others.
void worker::run() noexcept {
  const crash_stack for_reports;
  make_pauses_exact();
  for (bool ended = false; !ended;) {
    try {
      run_loop();
      ended = true;
    } catch (const std::exception& problem) {
      complain("going on after an error", problem);
    }
  }
}

void worker::complain(const char* what, const std::exception& problem) const noexcept {
  try_to_say(
      [&] { log_line(what).add("error", problem.what()).write(shared_->log, log_level::error); });
}

void worker::adopt(accepted_connection c) {
  count_.fetch_add(1, std::memory_order_relaxed);
  auto take = [this, moved = std::move(c)]() mutable {
    try {
      open(std::move(moved));
    } catch (const std::exception& problem) {
      count_.fetch_sub(1, std::memory_order_relaxed);
      complain("connection not taken", problem);
    }
  };
  try {
    boost::asio::post(context_, std::move(take));
  } catch (const std::exception&) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
}

void worker::open(accepted_connection c) {
  connection_context context{.session = shared_->session,
                             .log = shared_->log,
                             .thread = watched_,
                             .pause = read_pause_,
                             .id = c.id,
                             .linger = shared_->linger,
                             .scores = shared_->scores ? &*shared_->scores : nullptr,
                             .seat = c.seat,
                             .place = {},
                             .on_closed = [this](connection& closed) { forget(closed); }};
  if (shared_->own) {
    context.place.emplace(*shared_->own, c.id, c.what->name);
    context.scores = &shared_->own->board();
    context.seat = context.place->seat();
  }
  const auto made =
      std::make_shared<connection>(std::move(c.socket), std::move(c.what), std::move(context));
  open_.insert(made);
  try {
    made->start();
    if (stopping_) made->stop();
  } catch (const std::exception& problem) {
    complain("connection not taken", problem);
    made->close();  // which forgets it
  }
}

void worker::forget(connection& c) {
  open_.erase(c.shared_from_this());
  count_.fetch_sub(1, std::memory_order_relaxed);
}

void worker::stop() {
  boost::asio::post(context_, [this] {
    stopping_ = true;
    for (const auto& c : open_) c->stop();
    guard_.reset();
  });
}

void worker::abandon() {
  boost::asio::post(context_, [this] {
    const auto left = std::exchange(open_, {});
    if (!left.empty()) {
      log_line("peers did not read their answers in time, connections closed")
          .add("connections", left.size())
          .write(shared_->log, log_level::warn);
    }
    for (const auto& c : left) c->close();
  });
}

bool worker::ended_by(std::chrono::steady_clock::time_point deadline) {
  if (!thread_.joinable()) return true;
  if (end_.wait_until(deadline) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

}  // namespace kapacitor::udf::server
