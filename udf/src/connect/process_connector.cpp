#include <fmt/format.h>

#include "base/text/error.hpp"
#include "connect/channel.hpp"
#include "connect/log.hpp"
#include "connect/process.hpp"

namespace kapacitor::udf::host {
namespace {

/// Logs a process's stderr, line by line. Lives until that ends.
class stderr_reader : public std::enable_shared_from_this<stderr_reader> {
 public:
  stderr_reader(asio::io_context& io, int fd) : from_(io, fd) {}
  void read() {
    from_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](auto error, auto n) {
      self->rest_.append(self->chunk_, n);
      self->log_lines(error.failed());
      if (!error) self->read();
    });
  }
  void close() {
    error_code ignored;
    from_.close(ignored);
  }

 private:
  static void log_line_of_udf(std::string_view line) {
    log().log(log_level::info, log_line("UDF log").add("line", line));
  }
  void log_lines(bool all) {
    std::size_t end;
    while ((end = rest_.find('\n')) != std::string::npos) {
      log_line_of_udf(std::string_view(rest_).substr(0, end));
      rest_.erase(0, end + 1);
    }
    constexpr std::size_t longest_line = 65536;
    if (rest_.empty() || (!all && rest_.size() < longest_line)) return;
    log_line_of_udf(rest_);
    rest_.clear();
  }

  asio::posix::stream_descriptor from_;
  char chunk_[4096];
  std::string rest_;
};

class process_channel final : public channel {
 public:
  process_channel(asio::io_context& io, const std::string& command)
      : process_(command),
        to_(io, process_.take_stdin()),
        from_(io, process_.take_stdout()),
        stderr_(std::make_shared<stderr_reader>(io, process_.take_stderr())),
        poll_(io) {
    stderr_->read();
  }
  ~process_channel() override { stderr_->close(); }

  void read_some(asio::mutable_buffer bytes, transferred done) override {
    from_.async_read_some(bytes, std::move(done));
  }
  void write_some(asio::const_buffer bytes, transferred done) override {
    to_.async_write_some(bytes, std::move(done));
  }
  void end_input() override {
    error_code ignored;
    to_.close(ignored);
  }
  void close() override {
    end_input();
    error_code ignored;
    from_.close(ignored);
  }
  void when_ended(std::chrono::nanoseconds patience,
                  std::function<void(std::string)> done) override {
    if (const auto how = process_.ended()) return done(*how);
    if (patience.count() <= 0) {
      process_.kill();
      return done("does not exit, although it has closed its output");
    }
    const std::chrono::milliseconds pause(5);
    poll_.expires_after(pause);
    poll_.async_wait([this, patience, pause, done = std::move(done)](error_code error) {
      if (!error) when_ended(patience - pause, done);
    });
  }

 private:
  process process_;
  asio::posix::stream_descriptor to_, from_;
  std::shared_ptr<stderr_reader> stderr_;
  asio::steady_timer poll_;
};

class process_connector final : public connector {
 public:
  process_connector(asio::io_context& io, std::string command)
      : io_(io), command_(std::move(command)) {}

  void open(opened done) override {
    try {
      done({}, std::make_shared<process_channel>(io_, command_));
    } catch (const start_error& e) {
      done(e.what(), nullptr);
    }
  }
  void cancel() override {}

 private:
  asio::io_context& io_;
  std::string command_;
};

}  // namespace

std::unique_ptr<connector> make_process_connector(asio::io_context& io, std::string command) {
  return std::make_unique<process_connector>(io, std::move(command));
}

}  // namespace kapacitor::udf::host
