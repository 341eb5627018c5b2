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
  using taker = std::function<void(std::string_view)>;

  stderr_reader(asio::io_context& io, int fd, taker on_line)
      : from_(io, fd), on_line_(std::move(on_line)) {}
  void read() {
    from_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](auto error, auto n) {
      self->rest_.append(self->chunk_, n);
      self->log_lines(error.failed());
      if (!error) self->read();
      self->at_end_ = error.failed();
    });
  }
  /// Everything that it wrote has been read.
  bool at_end() const { return at_end_; }
  /// Nothing more is given to anybody.
  void close() {
    on_line_ = {};
    error_code ignored;
    from_.close(ignored);
  }

 private:
  void log_line_of_udf(std::string_view line) const {
    log().log(log_level::info, log_line("UDF log").add("line", line));
    if (on_line_) on_line_(line);
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
  taker on_line_;
  bool at_end_ = false;
  char chunk_[4096];
  std::string rest_;
};

class process_channel final : public channel {
 public:
  process_channel(asio::io_context& io, const std::string& command, stderr_reader::taker on_line)
      : process_(command),
        to_(io, process_.take_stdin()),
        from_(io, process_.take_stdout()),
        stderr_(std::make_shared<stderr_reader>(io, process_.take_stderr(), std::move(on_line))),
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
    // What it said last is worth a moment; longer, and somebody else holds its stderr.
    const auto how = process_.ended();
    if (how && (stderr_->at_end() || ++waits_for_stderr_ > most_waits)) return done(*how);
    if (!how && patience.count() <= 0) {
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
  static constexpr int most_waits = 40;  // pauses, 0.2 s

  process process_;
  asio::posix::stream_descriptor to_, from_;
  std::shared_ptr<stderr_reader> stderr_;
  asio::steady_timer poll_;
  int waits_for_stderr_ = 0;
};

class process_connector final : public connector {
 public:
  process_connector(asio::io_context& io, std::string command, stderr_reader::taker on_line)
      : io_(io), command_(std::move(command)), on_line_(std::move(on_line)) {}

  void open(opened done) override {
    try {
      done({}, std::make_shared<process_channel>(io_, command_, on_line_));
    } catch (const start_error& e) {
      done(e.what(), nullptr);
    }
  }
  void cancel() override {}

 private:
  asio::io_context& io_;
  std::string command_;
  stderr_reader::taker on_line_;
};

}  // namespace

std::unique_ptr<connector> make_process_connector(asio::io_context& io, std::string command,
                                                  std::function<void(std::string_view)> on_line) {
  return std::make_unique<process_connector>(io, std::move(command), std::move(on_line));
}

}  // namespace kapacitor::udf::host
