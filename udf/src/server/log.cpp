#include "server/log.hpp"

#include <cstdio>
#include <mutex>
#include <utility>

#include <spdlog/details/file_helper.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "server/start_error.hpp"

namespace kapacitor::udf::server {
namespace {

constexpr char pattern[] = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

spdlog::level::level_enum to_spdlog(agent::log_level level) {
  switch (level) {
    case agent::log_level::trace:
      return spdlog::level::trace;
    case agent::log_level::debug:
      return spdlog::level::debug;
    case agent::log_level::info:
      return spdlog::level::info;
    case agent::log_level::warn:
      return spdlog::level::warn;
    case agent::log_level::error:
      break;
  }
  return spdlog::level::err;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

void append_escaped(std::string& out, char c) {
  constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else {
    out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
}

/// spdlog's own file sink cannot open its file anew.
class reopening_file_sink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit reopening_file_sink(const std::string& path) { file_.open(path); }
  /// Returns: why the file is lost; lines go to stderr from then on. Empty: all is well.
  std::string reopen() {
    const std::lock_guard lock(mutex_);
    try {
      file_.reopen(false);
      lost_ = false;
      return {};
    } catch (const spdlog::spdlog_ex& e) {
      lost_ = true;
      return e.what();
    }
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    if (lost_) {
      std::fwrite(text.data(), 1, text.size(), stderr);
    } else {
      file_.write(text);
    }
  }
  void flush_() override {
    if (!lost_) file_.flush();
  }

  spdlog::details::file_helper file_;
  bool lost_ = false;
};

bool plain(std::string_view value) {
  for (const char c : value) {
    if (c == ' ' || c == '"' || c == '=' || is_control(c)) return false;
  }
  return !value.empty();
}

}  // namespace

log_line& log_line::add(std::string_view key, std::string_view value) {
  text_.append(" ").append(key).append("=");
  if (plain(value)) {
    text_ += value;
    return *this;
  }
  text_ += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
  return *this;
}

class log::impl {
 public:
  explicit impl(const log_settings& settings)
      : least_(settings.least), logger_("udf", make_sink(settings)) {
    logger_.set_level(to_spdlog(settings.least));
    logger_.set_pattern(pattern);
    logger_.flush_on(spdlog::level::trace);
    // A full disk must not stop the data.
    logger_.set_error_handler([](const std::string&) {});
  }

  void write(agent::log_level level, std::string_view line) {
    std::string text;
    for (const char c : line) is_control(c) ? append_escaped(text, c) : text.push_back(c);
    logger_.log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
  }
  void reopen() {
    const auto problem = file_ ? file_->reopen() : std::string();
    if (problem.empty()) return;
    const auto line = log_line("log file lost, going on with stderr").add("error", problem);
    write(agent::log_level::error, line.text());
  }
  agent::log_level least() const { return least_; }

 private:
  spdlog::sink_ptr make_sink(const log_settings& settings) {
    if (settings.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
    try {
      return file_ = std::make_shared<reopening_file_sink>(settings.file);
    } catch (const spdlog::spdlog_ex& e) {
      throw start_error("--log-file: " + std::string(e.what()));
    }
  }

  agent::log_level least_;
  std::shared_ptr<reopening_file_sink> file_;
  spdlog::logger logger_;
};

log::log(const log_settings& settings) : impl_(std::make_shared<impl>(settings)) {}

agent::log_sink log::sink() const {
  return {.least = impl_->least(),
          .write = [kept = impl_](agent::log_level level, std::string_view line) {
            kept->write(level, line);
          }};
}

void log::reopen() {
  impl_->reopen();
}

}  // namespace kapacitor::udf::server
