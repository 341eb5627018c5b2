#include "base/text/logger.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

constexpr char pattern[] = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::trace:
      return spdlog::level::trace;
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warn:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::off:
      break;
  }
  return spdlog::level::off;
}

/// stderr with its line of progress, and the file of the log. What the file does not take, as the
/// disk is full, goes to stderr.
class output : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit output(const std::string& file) : path_(file) {
    if (has_file() && !open()) {
      throw start_error("--log-file: cannot write " + path_ + ": " + why_not_written(path_, errno));
    }
  }

  bool has_file() const { return !path_.empty(); }
  bool is_terminal() const { return terminal_; }

  /// Returns: why the file is lost; lines go to stderr from then on. Empty: all is well.
  std::string reopen() {
    const std::lock_guard lock(mutex_);
    return open() ? std::string() : why_not_written(path_, errno);
  }

  void show_progress(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!terminal_) return put(text, "\n");
    winsize size{};
    // A line that wraps could not be taken back.
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) {
      text = text.substr(0, size.ws_col - 1U);
    }
    std::fputs("\r\x1b[K", stderr);
    put(text, "");
    shown_ = true;
  }

  void print(std::string_view text) {
    const std::lock_guard lock(mutex_);
    clear_progress();
    put(text, "\n");
  }

  void end() {
    const std::lock_guard lock(mutex_);
    clear_progress();
  }

 private:
  bool open() {
    file_ = piece_file(path_, piece_file::begin::at_the_end);
    return file_.is_open();
  }

  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    if (has_file() && file_.is_open() && to_file({text.data(), text.size()})) return;
    clear_progress();
    put({text.data(), text.size()}, "");
  }
  void flush_() override {}

  /// Returns: whether the file has taken the line.
  bool to_file(std::string_view line) {
    const int error = file_.append(line);
    if (error != 0) {
      if (missing_++ == 0)
        say("cannot write the log file, its lines come here", why_not_written(path_, error));
      return false;
    }
    if (const auto lines = std::exchange(missing_, 0); lines > 0) {
      file_.append(fmt::format("(lines missing above, which went to stderr: {})\n", lines));
    }
    return true;
  }
  void say(const char* what, const std::string& why) {
    clear_progress();
    put(log_line(what).add("file", path_).add("error", why).text(), "\n");
  }

  static void put(std::string_view text, const char* end) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fputs(end, stderr);
    std::fflush(stderr);
  }
  void clear_progress() {
    if (std::exchange(shown_, false)) put("\r\x1b[K", "");
  }

  const std::string path_;  // of the file; empty: none
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  piece_file file_;
  std::uint64_t missing_ = 0;  // lines, since the file took one
  bool shown_ = false;
};

}  // namespace

class logger::impl {
 public:
  explicit impl(const log_settings& settings)
      : least_(settings.least),
        out_(std::make_shared<output>(settings.file)),
        spdlog_("kapacitor", out_) {
    spdlog_.set_level(to_spdlog(settings.least));
    spdlog_.set_pattern(pattern);
    spdlog_.flush_on(spdlog::level::trace);
    // A full disk must not stop the data.
    spdlog_.set_error_handler([](const std::string&) {});
  }

  void write(log_level level, std::string_view line) {
    if (!spdlog_.should_log(to_spdlog(level))) return;
    std::string text;
    for (const char c : line) append_escaped(text, c);
    spdlog_.log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
  }

  log_level least() const { return least_; }
  output& out() { return *out_; }

 private:
  log_level least_;
  std::shared_ptr<output> out_;
  spdlog::logger spdlog_;
};

logger::logger(const log_settings& settings) : impl_(std::make_shared<impl>(settings)) {}

logger::~logger() {
  impl_->out().end();
}

void logger::log(log_level level, std::string_view line) {
  impl_->write(level, line);
}

log_sink logger::sink() const {
  return {.least = impl_->least(), .write = [kept = impl_](log_level level, std::string_view line) {
            kept->write(level, line);
          }};
}

void logger::reopen() {
  const auto problem = impl_->out().has_file() ? impl_->out().reopen() : std::string();
  if (problem.empty()) return;
  log(log_level::error, log_line("log file lost, writing to stderr").add("error", problem));
}

bool logger::is_terminal() const {
  return impl_->out().is_terminal();
}
void logger::show_progress(std::string_view text) {
  impl_->out().show_progress(text);
}
void logger::clear_progress() {
  impl_->out().end();
}
void logger::print(std::string_view text) {
  impl_->out().print(text);
}

}  // namespace kapacitor
