#include <fmt/format.h>

#include "base/net/line_reader.hpp"
#include "base/text/error.hpp"
#include "connect/channel.hpp"
#include "connect/log.hpp"
#include "connect/process.hpp"

namespace kapacitor::udf::host {
namespace {

/// Logs each line of a process's stderr, and hands it on.
std::shared_ptr<line_reader> read_stderr(asio::io_context& io, int fd, line_reader::taker on_line) {
  auto reader =
      std::make_shared<line_reader>(io, fd, [on_line = std::move(on_line)](std::string_view line) {
        log().log(log_level::info, log_line("UDF log").add("line", line));
        if (on_line) on_line(line);
      });
  reader->start();
  return reader;
}

class process_channel final : public channel {
 public:
  process_channel(asio::io_context& io, const std::string& command, line_reader::taker on_line)
      : process_(command),
        to_(io, process_.take_stdin()),
        from_(io, process_.take_stdout()),
        stderr_(read_stderr(io, process_.take_stderr(), std::move(on_line))),
        poll_(io) {}
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
  std::shared_ptr<line_reader> stderr_;
  asio::steady_timer poll_;
  int waits_for_stderr_ = 0;
};

class process_connector final : public connector {
 public:
  process_connector(asio::io_context& io, std::string command, line_reader::taker on_line)
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
  line_reader::taker on_line_;
};

}  // namespace

std::unique_ptr<connector> make_process_connector(asio::io_context& io, std::string command,
                                                  std::function<void(std::string_view)> on_line) {
  return std::make_unique<process_connector>(io, std::move(command), std::move(on_line));
}

}  // namespace kapacitor::udf::host
