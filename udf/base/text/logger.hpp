#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/text/log.hpp"

namespace kapacitor {

struct log_settings {
  log_level least = log_level::info;
  std::string file;  // empty: stderr
};

/// What a program tells: its log, one line per event with time and level, and on a terminal a line
/// of progress below it. All on stderr; the log in a file if one is named.
///
/// Whatever an event contains, it stays one line: control characters are escaped. If the file
/// cannot be written to, as on a full disk, the program goes on and the line goes to stderr.
///
/// Threads: any
class logger {
 public:
  /// Errors: start_error naming --log-file if the file cannot be opened
  explicit logger(const log_settings& settings);
  /// Takes the line of progress away.
  ~logger();
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;

  void log(log_level level, std::string_view line);
  void log(log_level level, const log_line& line) { log(level, line.text()); }
  /// Lifetime: of the sink, beyond that of this object
  log_sink sink() const;
  /// Opens the file again: somebody has renamed it (logrotate). If that fails, lines go to stderr.
  void reopen();

  /// Whether stderr is a terminal.
  bool is_terminal() const;
  /// Replaces the line of progress; without a terminal, one more line.
  void show_progress(std::string_view text);
  void clear_progress();
  /// Writes a line without time and level, such as the summary's, to stderr.
  void print(std::string_view text);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace kapacitor
