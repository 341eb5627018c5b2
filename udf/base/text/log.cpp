#include "base/text/log.hpp"

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor::inline base {
namespace {

constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error", "off"};

/// Whether a value can stand without quotes.
bool plain(std::string_view value) {
  for (const char c : value) {
    if (c == ' ' || c == '"' || c == '=' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return false;
    }
  }
  return !value.empty();
}

}  // namespace

std::string_view to_text(log_level level) {
  return names[static_cast<std::size_t>(level)];
}

log_level parse_log_level(std::string_view text) {
  using enum log_level;
  for (const auto level : {trace, debug, info, warn, error, off}) {
    if (text == to_text(level)) return level;
  }
  throw usage_error(in_quotes(text) + " is none of trace, debug, info, warn, error, off");
}

log_line& log_line::add(std::string_view key, std::string_view value) {
  text_.append(" ").append(key).append("=");
  text_ += plain(value) ? std::string(value) : in_quotes(value);
  return *this;
}

}  // namespace kapacitor::inline base
