#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

#include "session/log_sink.hpp"

namespace kapacitor::udf::server {

/// One event: a fixed phrase, then key=value.
class log_line {
 public:
  explicit log_line(std::string_view phrase) : text_(phrase) {}

  /// Puts the value in quotes where it would not be clear where it ends.
  log_line& add(std::string_view key, std::string_view value);
  log_line& add(std::string_view key, std::integral auto number) {
    return add(key, std::string_view(std::to_string(number)));
  }
  const std::string& text() const { return text_; }

  void write(const agent::log_sink& sink, agent::log_level level) const {
    if (sink.takes(level)) sink.write(level, text_);
  }

 private:
  std::string text_;
};

struct log_settings {
  agent::log_level least = agent::log_level::info;
  std::string file;  // empty: stderr
};

/// The program's log: one line per event, with time and level.
///
/// Whatever an event contains, it stays one line: control characters are escaped.
/// Threads: any.
class log {
 public:
  /// Errors: start_error where the file cannot be opened
  explicit log(const log_settings& settings);

  /// Lifetime: of the sink, beyond that of this object
  agent::log_sink sink() const;
  /// Opens the file anew: somebody has renamed it (logrotate).
  void reopen();

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace kapacitor::udf::server
