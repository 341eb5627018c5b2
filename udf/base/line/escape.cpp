#include "base/line/escape.hpp"

#include <algorithm>

namespace kapacitor::inline base {
namespace {

std::string escape(std::string_view text, std::string_view special) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string escape_measurement(std::string_view name) {
  return escape(name, ", ");
}

std::string escape_key(std::string_view name) {
  return escape(name, ", =");
}

std::string quoted_text(std::string_view text) {
  return '"' + escape(text, "\"\\") + '"';
}

std::string_view why_not_a_name(std::string_view name) {
  if (name.empty()) return "must not be empty";
  if (name.front() == '#') return "must not begin with #, which begins a comment";
  if (name.back() == '\\') return "must not end in a backslash, which would escape what follows";
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (std::any_of(name.begin(), name.end(), control)) return "must not hold control characters";
  return {};
}

}  // namespace kapacitor::inline base
