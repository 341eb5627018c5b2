#include "server/worker.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/text/log.hpp"

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

void worker::run() {
  make_pauses_exact();
  for (bool over = false; !over;) {
    try {
      run_handlers();
      over = true;
    } catch (const std::exception& problem) {
      report("a worker goes on after an error", problem.what());
    }
  }
}

void worker::report(std::string_view phrase, const char* error) const noexcept {
  try {
    log_line(phrase).add("error", error).write(shared_->log, log_level::error);
  } catch (const std::exception&) {
    // No memory for the line.
  }
}

/// As io_context::run(), but for the moments between.
void worker::run_handlers() {
  do {
    for (;;) {
      context_.poll();
      const auto pause = read_pause_.pause(read_pause::clock::now());
      if (pause.count() == 0) break;
      std::this_thread::sleep_for(pause);
    }
  } while (context_.run_one() > 0);
}

void worker::adopt(connection::socket s, std::shared_ptr<const function> f) {
  auto take = [this, moved = std::move(s), f = std::move(f)]() mutable {
    open(std::move(moved), std::move(f));
  };
  count_.fetch_add(1, std::memory_order_relaxed);
  try {
    boost::asio::post(context_, std::move(take));
  } catch (const std::exception&) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
}

void worker::open(connection::socket s, std::shared_ptr<const function> f) {
  std::shared_ptr<connection> made;
  try {
    made = make(std::move(s), std::move(f));
  } catch (const std::exception& problem) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    return report("connection refused", problem.what());
  }
  made->start();
  if (stopping_) made->stop();
}

std::shared_ptr<connection> worker::make(connection::socket s, std::shared_ptr<const function> f) {
  connection_context context{.session = shared_->session,
                             .log = shared_->log,
                             .thread = watched_,
                             .pause = read_pause_,
                             .id = ++shared_->last_id,
                             .linger = shared_->linger,
                             .on_closed = [this](connection& c) { forget(c); }};
  auto made = std::make_shared<connection>(std::move(s), std::move(f), std::move(context));
  open_.insert(made);
  return made;
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
    for (const auto& c : left) c->close();
    if (!left.empty()) {
      log_line("peers did not read their answers in time, connections closed")
          .add("connections", left.size())
          .write(shared_->log, log_level::warn);
    }
  });
}

bool worker::ended_by(std::chrono::steady_clock::time_point deadline) {
  if (!thread_.joinable()) return true;
  if (end_.wait_until(deadline) != std::future_status::ready) return false;
  thread_.join();
  return true;
}

}  // namespace kapacitor::udf::server
