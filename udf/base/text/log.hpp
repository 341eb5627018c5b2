#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/text/choice.hpp"

// What parts of the programs say happened. They write nowhere themselves: each gets a log_fn or a
// log_sink, in the end those of a `logger`.
namespace kapacitor {

enum class log_level { trace, debug, info, warn, error, off };

/// The levels as options name them.
inline constexpr choice<log_level> log_levels[] = {
    {"trace", log_level::trace}, {"debug", log_level::debug}, {"info", log_level::info},
    {"warn", log_level::warn},   {"error", log_level::error}, {"off", log_level::off}};

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
///     log_line("listening").add("function", "ewma").add("threads", 2).write(log, log_level::info);
class log_line {
 public:
  explicit log_line(std::string_view phrase) : text_(phrase) {}

  /// Puts the value in quotes if it would not be clear where it ends.
  log_line& add(std::string_view key, std::string_view value);
  log_line& add(std::string_view key, std::integral auto number) {
    return add(key, std::string_view(std::to_string(number)));
  }
  const std::string& text() const { return text_; }

  void write(const log_fn& log, log_level level) const { log(level, text_); }
  void write(const log_sink& sink, log_level level) const {
    if (sink.takes(level)) sink.write(level, text_);
  }

 private:
  std::string text_;
};

/// Has something said, if there is memory for it: for places that an exception must not leave.
template <class F>
void try_to_say(F say) noexcept {
  try {
    say();
  } catch (const std::exception&) {
    // There is nobody left to be told.
  }
}

}  // namespace kapacitor
