#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "connect/channel.hpp"
#include "connect/log.hpp"
#include "connect/unix_socket.hpp"

namespace kapacitor::udf::host {
namespace {

class socket_channel final : public channel {
 public:
  socket_channel(asio::io_context& io, int fd) : socket_(io, fd), io_(io) {}

  void read_some(asio::mutable_buffer bytes, transferred done) override {
    socket_.async_read_some(bytes, std::move(done));
  }
  void write_some(asio::const_buffer bytes, transferred done) override {
    socket_.async_write_some(bytes, std::move(done));
  }
  void end_input() override {
    if (socket_.is_open()) ::shutdown(socket_.native_handle(), SHUT_WR);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  void when_ended(std::chrono::nanoseconds, std::function<void(std::string)> done) override {
    asio::post(io_, [done = std::move(done)] { done({}); });
  }

 private:
  asio::posix::stream_descriptor socket_;
  asio::io_context& io_;
};

class socket_connector final : public connector {
 public:
  socket_connector(asio::io_context& io, std::string path, std::chrono::nanoseconds patience)
      : io_(io), timer_(io), path_(std::move(path)), patience_(patience) {}

  void open(opened done) override {
    done_ = std::move(done);
    pause_ = std::chrono::milliseconds(20);
    give_up_ = std::chrono::steady_clock::now() + patience_;
    waiting_ = false;
    attempt();
  }
  void cancel() override {
    done_ = nullptr;
    timer_.cancel();
  }

 private:
  void attempt() {
    const int fd = connect_unix(path_);
    if (fd >= 0) return finish({}, std::make_shared<socket_channel>(io_, fd));
    const std::string reason = std::strerror(errno);
    if (errno == ENAMETOOLONG || std::chrono::steady_clock::now() >= give_up_) {
      return finish(fmt::format("cannot connect to the socket {}: {}", path_, reason), nullptr);
    }
    if (!waiting_) {
      log().log(log_level::info,
                log_line("waiting for the socket").add("socket", path_).add("error", reason));
    }
    waiting_ = true;
    timer_.expires_after(std::min<std::chrono::nanoseconds>(pause_, patience_));
    pause_ = std::min<std::chrono::nanoseconds>(pause_ + pause_ / 2, std::chrono::seconds(1));
    timer_.async_wait([this](error_code error) {
      if (!error && done_) attempt();
    });
  }
  void finish(std::string error, std::shared_ptr<channel> opened_channel) {
    if (auto done = std::exchange(done_, nullptr))
      done(std::move(error), std::move(opened_channel));
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  std::string path_;
  std::chrono::nanoseconds patience_;
  std::chrono::nanoseconds pause_{};
  std::chrono::steady_clock::time_point give_up_;
  bool waiting_ = false;
  opened done_;
};

}  // namespace

std::unique_ptr<connector> make_socket_connector(asio::io_context& io, std::string path,
                                                 std::chrono::nanoseconds patience) {
  return std::make_unique<socket_connector>(io, std::move(path), patience);
}

}  // namespace kapacitor::udf::host
