#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/text/log.hpp"

namespace kapacitor::generator {

/// What the user sees, all on stderr: messages, and on a terminal a line of progress below them.
/// Messages may go to a file instead.
///
/// Threads: any
class console {
 public:
  /// Errors: usage_error that names --log-file
  explicit console(log_level level, const std::string& log_file = {});
  ~console();
  console(const console&) = delete;
  console& operator=(const console&) = delete;

  void log(log_level level, std::string_view text);
  /// Replaces the line of progress; REQUIRES: is_terminal()
  void show_progress(std::string_view text);
  /// Lines without time and level, such as the summary's.
  void print(std::string_view text);

  bool is_terminal() const;
  /// Opens the file of messages anew, after somebody has moved it away.
  void reopen();

 private:
  void open_file();
  void clear_progress();

  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace kapacitor::generator
