#include "run/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

constexpr const char* pattern = "%H:%M:%S.%e %^%l%$ %v";

spdlog::level::level_enum level_of(log_level level) {
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
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

struct console::state {
  std::mutex mutex;
  std::string file;
  spdlog::logger logger{"generator", std::make_shared<spdlog::sinks::stderr_color_sink_st>()};
  bool terminal = ::isatty(STDERR_FILENO) == 1;
  bool progress_shown = false;
};

console::console(log_level level, const std::string& log_file) : state_(std::make_unique<state>()) {
  state_->file = log_file;
  if (!log_file.empty()) open_file();
  state_->logger.set_level(level_of(level));
  state_->logger.set_pattern(pattern);
  state_->logger.flush_on(spdlog::level::trace);
}

console::~console() {
  clear_progress();
}

void console::open_file() {
  try {
    state_->logger.sinks() = {std::make_shared<spdlog::sinks::basic_file_sink_st>(state_->file)};
  } catch (const spdlog::spdlog_ex& error) {
    throw usage_error(std::string("--log-file: ") + error.what());
  }
}

void console::reopen() {
  const std::lock_guard lock(state_->mutex);
  if (state_->file.empty()) return;
  try {
    open_file();
    state_->logger.set_pattern(pattern);
  } catch (const usage_error& error) {
    // The file that is open goes on being written to.
    state_->logger.error(error.what());
  }
}

bool console::is_terminal() const {
  return state_->terminal;
}

void console::log(log_level level, std::string_view text) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->logger.should_log(level_of(level))) return;
  clear_progress();
  state_->logger.log(level_of(level), spdlog::string_view_t(text.data(), text.size()));
}

void console::show_progress(std::string_view text) {
  const std::lock_guard lock(state_->mutex);
  winsize size{};
  // A line that wraps could not be taken back.
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) {
    text = text.substr(0, size.ws_col - 1U);
  }
  std::fprintf(stderr, "\r\x1b[K%.*s", static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
  state_->progress_shown = true;
}

void console::print(std::string_view text) {
  const std::lock_guard lock(state_->mutex);
  clear_progress();
  std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

void console::clear_progress() {
  if (!std::exchange(state_->progress_shown, false)) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

}  // namespace kapacitor::generator
