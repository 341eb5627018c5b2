#include "host/file_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "host/json_line.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t max_buffered_bytes = std::size_t{1} << 20;

// Non-blocking through a file description of our own: stdout's is shared with others, who may not
// expect it. Returns -1 if it makes no sense, as for a regular file.
int open_to_wait_on(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return -1;
  if (!S_ISFIFO(status.st_mode) && !::isatty(fd)) return -1;
  const auto path = fmt::format("/proc/self/fd/{}", fd);
  return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

int open_output(const std::string& path) {
  if (path == "-") return STDOUT_FILENO;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) throw start_error(fmt::format("--output {}: {}", path, std::strerror(errno)));
  return fd;
}

struct piece {
  std::string text;
  std::uint64_t points = 0;
};

class file_output final : public output {
 public:
  file_output(asio::io_context& io, const std::string& path, totals& counts)
      : io_(io), path_(path), counts_(counts), fd_(open_output(path)) {
    const int waitable = open_to_wait_on(fd_);
    if (waitable >= 0) stream_.emplace(io, waitable);
  }
  ~file_output() override {
    if (fd_ != STDOUT_FILENO) ::close(fd_);
  }

  void write(const emitted_point& p) override {
    if (failed_) return counts_.lose("output failed", 1);
    append_json_line(filling_.text, p);
    ++filling_.points;
  }
  void write_batch_end(const emitted_batch& b) override {
    if (!failed_) append_json_line(filling_.text, b);
  }
  void flush() override {
    if (writing_ || failed_ || filling_.text.empty()) return;
    stream_ ? start_writing() : write_now();
  }
  bool has_room() const override { return filling_.text.size() < max_buffered_bytes; }
  void finish(std::function<void()> done) override {
    done_ = std::move(done);
    flush();
    finish_if_idle();
  }
  void give_up() override {
    if (stream_ && writing_) fail("given up");
  }

 private:
  void write_now() {
    std::string_view rest = filling_.text;
    while (!rest.empty()) {
      const auto n = ::write(fd_, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(std::strerror(errno));
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    counts_.written += filling_.points;
    filling_ = {std::move(filling_.text), 0};
    filling_.text.clear();
  }
  void start_writing() {
    writing_ = true;
    std::swap(current_, filling_);
    filling_.text.clear();
    filling_.points = 0;
    rest_ = current_.text;
    write_some();
  }
  void write_some() {
    stream_->async_write_some(asio::buffer(rest_.data(), rest_.size()), [this](auto error, auto n) {
      if (failed_) return;
      if (error) return fail(error.message());
      rest_.remove_prefix(n);
      rest_.empty() ? on_written() : write_some();
    });
  }
  void on_written() {
    writing_ = false;
    counts_.written += std::exchange(current_.points, 0);
    flush();
    if (on_room && has_room()) on_room();
    finish_if_idle();
  }
  void fail(const std::string& why) {
    failed_ = true;
    writing_ = false;
    counts_.lose(fmt::format("output {}: {}", path_, why), filling_.points + current_.points);
    filling_ = current_ = {};
    if (stream_) {
      error_code ignored;
      stream_->close(ignored);
    }
    if (on_failed) on_failed({exit_code::failed, fmt::format("--output {}: {}", path_, why)});
    finish_if_idle();
  }
  void finish_if_idle() {
    if (writing_ || !done_ || (!failed_ && !filling_.text.empty())) return;
    asio::post(io_, std::exchange(done_, nullptr));
  }

  asio::io_context& io_;
  std::string path_;
  totals& counts_;
  int fd_;
  std::optional<asio::posix::stream_descriptor> stream_;
  piece filling_, current_;
  std::string_view rest_;
  bool writing_ = false, failed_ = false;
  std::function<void()> done_;
};

}  // namespace

std::unique_ptr<output> make_file_output(asio::io_context& io, const std::string& path,
                                         totals& counts) {
  return std::make_unique<file_output>(io, path, counts);
}

}  // namespace kapacitor::udf::host
