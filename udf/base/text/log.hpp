#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>

// What parts of the programs say happened. They write nowhere themselves: each gets a log_fn or a
// log_sink, in the end those of a `logger`.
namespace kapacitor::inline base {

enum class log_level { trace, debug, info, warn, error, off };

/// The level as flags, files and log lines write it.
std::string_view to_text(log_level level);

/// "trace", "debug", "info", "warn", "error", "off". Errors: usage_error
log_level parse_log_level(std::string_view text);

/// Takes a finished line; called from the part's own thread.
using log_fn = std::function<void(log_level, std::string_view)>;

/// Takes finished lines from some level on.
struct log_sink {
  log_level least = log_level::info;  // lines below are not even put together
  log_fn write;

  bool takes(log_level level) const { return write && level >= least; }
};

/// One event: a fixed phrase, then key=value pairs.
///
///     log_line("listening").add("function", "ewma").add("threads", 2).write(sink,
///     log_level::info);
class log_line {
 public:
  explicit log_line(std::string_view phrase) : text_(phrase) {}

  /// Puts the value in quotes if it would not be clear where it ends.
  log_line& add(std::string_view key, std::string_view value);
  log_line& add(std::string_view key, std::integral auto number) {
    return add(key, std::string_view(std::to_string(number)));
  }
  const std::string& text() const { return text_; }

  void write(const log_sink& sink, log_level level) const {
    if (sink.takes(level)) sink.write(level, text_);
  }

 private:
  std::string text_;
};

}  // namespace kapacitor::inline base
