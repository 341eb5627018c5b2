#pragma once

#include <memory>
#include <string_view>

#include "run/log.hpp"

namespace kapacitor::generator {

/// What the user sees, all on stderr: messages, and on a terminal a line of progress below them.
///
/// Threads: one at a time
class console {
 public:
  explicit console(log_level level);
  ~console();
  console(const console&) = delete;
  console& operator=(const console&) = delete;

  void log(log_level level, std::string_view text);
  /// Replaces the line of progress; REQUIRES: is_terminal()
  void show_progress(std::string_view text);
  /// Lines without time and level, such as the summary's.
  void print(std::string_view text);

  bool is_terminal() const;

 private:
  void clear_progress();

  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace kapacitor::generator
