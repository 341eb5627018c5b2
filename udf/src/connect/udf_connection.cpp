#include "connect/udf_connection.hpp"

#include <fmt/format.h>

#include "base/text/time_text.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t little_output = std::size_t{256} << 10;

std::int64_t wall_clock() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

udf_connection::udf_connection(asio::io_context& io, std::shared_ptr<channel> to,
                               response_handler& handler, const settings& s)
    : io_(io),
      channel_(std::move(to)),

      settings_(s),
      reader_(handler, s.max_message),
      ask_(io),
      watch_(io) {}

void udf_connection::start(done_fn done) {
  done_ = std::move(done);
  heard_ = clock::now();
  heard_at_ = wall_clock();
  read();
  ask_for_life();
  watch_life();
}

void udf_connection::read() {
  const auto room = reader_.prepare();
  channel_->read_some(asio::buffer(room.data(), room.size()),
                      [self = shared_from_this()](auto error, auto n) { self->on_read(error, n); });
}

void udf_connection::on_read(error_code error, std::size_t n) {
  if (ended_) return;
  if (error == asio::error::eof) return on_end_of_stream();
  if (error) {
    return fail(
        {"connection", fmt::format("read error: {} (Kapacitor stops the task)", error.message())});
  }
  heard_ = clock::now();
  heard_at_ = wall_clock();
  reader_.commit(n);
  process();
}

void udf_connection::process() {
  try {
    paused_ = reader_.process();
  } catch (const rule_violation& why) {
    return fail(why);
  }
  if (!ended_ && !paused_) read();
}

void udf_connection::resume() {
  if (ended_ || !std::exchange(paused_, false)) return;
  heard_ = clock::now();
  asio::post(io_, [self = shared_from_this()] {
    if (!self->ended_) self->process();
  });
}

void udf_connection::on_end_of_stream() {
  try {
    reader_.finish();
  } catch (const rule_violation& why) {
    return fail(why);
  }
  channel_->when_ended(settings_.timeout, [self = shared_from_this()](const std::string& how) {
    if (self->ended_) return;
    const auto ended = how.empty() ? how : fmt::format(" (process exited unexpectedly: {})", how);
    if (!self->half_closed_) {
      return self->fail({"closed-early",
                         "the UDF closed the connection before the end of the input; "
                         "Kapacitor stops the task" +
                             ended});
    }
    if (!how.empty()) {
      return self->fail({"exit-status", fmt::format("process exited unexpectedly: {}", how)});
    }
    self->finish(nullptr);
  });
}

void udf_connection::request(management which, const std::string& encoded) {
  if (which != management::keepalive) reader_.expect(which);
  wire::append_frame(filling_, encoded, settings_.max_message);
  flush();
}

void udf_connection::flush() {
  if (unwritten_.empty() && !ended_) write();
}

void udf_connection::write() {
  if (write_failed_) return filling_.clear();
  if (unwritten_.empty()) {
    writing_.clear();
    std::swap(writing_, filling_);
    unwritten_ = writing_.view();
  }
  if (unwritten_.empty()) return half_close();
  channel_->write_some(
      asio::buffer(unwritten_.data(), unwritten_.size()),
      [self = shared_from_this()](auto error, auto n) { self->on_written(error, n); });
}

// A UDF often sends an error before it closes: after a failed write we still read its responses.
void udf_connection::on_written(error_code error, std::size_t n) {
  if (ended_) return;
  if (error) {
    write_failed_ = true;
    return;
  }
  unwritten_.remove_prefix(n);
  write();
  if (on_room && !ended_ && waiting_bytes() < little_output) on_room();
}

void udf_connection::end_input() {
  input_ended_ = true;
  flush();
}

void udf_connection::half_close() {
  if (!input_ended_ || std::exchange(half_closed_, true)) return;
  channel_->end_input();
  heard_ = clock::now();
}

void udf_connection::ask_for_life() {
  ask_.expires_after(settings_.timeout / 2);
  ask_.async_wait([self = shared_from_this()](error_code error) {
    if (error || self->ended_ || self->input_ended_) return;
    self->request(management::keepalive, keepalive_request(wall_clock()));
    self->ask_for_life();
  });
}

void udf_connection::watch_life() {
  const auto patience = half_closed_ ? 2 * settings_.timeout : settings_.timeout;
  watch_.expires_at(heard_ + std::chrono::duration_cast<clock::duration>(patience));
  watch_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->ended_) self->check_life();
  });
}

void udf_connection::check_life() {
  // While we do not read, silence is not the UDF's fault.
  if (paused_) heard_ = clock::now();
  const auto silent = clock::now() - heard_;
  if (half_closed_ && silent >= 2 * settings_.timeout) {
    return fail({"not-closed",
                 "the UDF does not close the connection after the end of the input; "
                 "Kapacitor waits for ever"});
  }
  if (!half_closed_ && silent >= settings_.timeout) {
    return fail({"keepalive", fmt::format("keepalive timedout, last keepalive received was: {}",
                                          rfc3339(heard_at_))});
  }
  watch_life();
}

void udf_connection::fail(const rule_violation& why) {
  finish(&why);
}

void udf_connection::finish(const rule_violation* why) {
  if (ended_) return;
  ended_ = true;
  ask_.cancel();
  watch_.cancel();
  channel_->close();
  if (const auto done = std::exchange(done_, nullptr)) done(why);
}

void udf_connection::abandon() {
  done_ = nullptr;
  finish(nullptr);
}

std::uint64_t udf_connection::unsent_points() const {
  const auto written = writing_.size() - unwritten_.size();
  return points_in(writing_.view(), written) + points_in(filling_.view(), 0);
}

}  // namespace kapacitor::udf::host
