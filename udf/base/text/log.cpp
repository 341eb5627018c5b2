#include "base/text/log.hpp"

#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

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

log_line& log_line::add(std::string_view key, std::string_view value) {
  text_.append(" ").append(key).append("=");
  text_ += plain(value) ? std::string(value) : in_quotes(value);
  return *this;
}

}  // namespace kapacitor
