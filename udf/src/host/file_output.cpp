#include "host/file_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "connect/log.hpp"
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

piece_file open_output(const std::string& path) {
  if (path == "-") return piece_file(STDOUT_FILENO);
  piece_file file(path, piece_file::begin::empty);
  if (file.is_open()) return file;
  throw start_error(fmt::format("--output {}: {}", path, why_not_written(path, errno)));
}

/// Whether the next try may succeed: a disk does not stay full.
bool may_pass(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO || error == ENOENT;
}

struct piece {
  std::string text;
  std::vector<std::size_t> ends;  // of the points in it
};

class file_output final : public output {
 public:
  file_output(asio::io_context& io, const std::string& path, totals& counts)
      : io_(io), path_(path), counts_(counts), file_(open_output(path)) {
    const int waitable = open_to_wait_on(file_.descriptor());
    if (waitable >= 0) stream_.emplace(io, waitable);
  }

  void write(const emitted_point& p) override {
    if (failed_) return counts_.lose(failure_, 1);
    append_json_line(filling_.text, p);
    filling_.ends.push_back(filling_.text.size());
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
    if (failed_) return;
    if (!stream_) return flush();
    if (writing_ || !filling_.ends.empty()) fail("given up");
  }

 private:
  void write_now() {
    auto taken = file_.append(filling_.text, filling_.ends);
    if (taken.error == ENOENT) taken = write_anew();
    counts_.written += taken.pieces;
    const auto left = filling_.ends.size() - taken.pieces;
    filling_.ends.clear();
    filling_.text.clear();
    if (taken.error != 0) leave_out(left, taken.error);
  }
  /// The file was removed, and perhaps its folder: it is made again.
  piece_file::taken write_anew() {
    piece_file made(path_, piece_file::begin::empty);
    if (!made.is_open()) return {0, ENOENT};
    file_ = std::move(made);
    return file_.append(filling_.text, filling_.ends);
  }
  /// These points are lost; those that come later may find room again.
  void leave_out(std::size_t points, int error) {
    const auto why = std::strerror(error);
    counts_.lose(fmt::format("output {}: {}", path_, why), points);
    if (!may_pass(error)) return fail(why);
    if (!std::has_single_bit(++left_out_)) return;
    log().log(log_level::error, log_line("cannot write the output, going on")
                                    .add("output", path_)
                                    .add("times", left_out_)
                                    .add("error", why));
  }
  void start_writing() {
    writing_ = true;
    std::swap(current_, filling_);
    filling_.text.clear();
    filling_.ends.clear();
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
    counts_.written += current_.ends.size();
    current_.ends.clear();
    flush();
    if (on_room && has_room()) on_room();
    finish_if_idle();
  }
  void fail(const std::string& why) {
    failed_ = true;
    writing_ = false;
    failure_ = fmt::format("output {}: {}", path_, why);
    counts_.lose(failure_, filling_.ends.size() + current_.ends.size());
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
  piece_file file_;
  std::uint64_t left_out_ = 0;  // writes that failed
  std::optional<asio::posix::stream_descriptor> stream_;
  piece filling_, current_;
  std::string_view rest_;
  bool writing_ = false, failed_ = false;
  std::string failure_;  // if it has failed: why
  std::function<void()> done_;
};

}  // namespace

std::unique_ptr<output> make_file_output(asio::io_context& io, const std::string& path,
                                         totals& counts) {
  return std::make_unique<file_output>(io, path, counts);
}

}  // namespace kapacitor::udf::host
