#include "base/line/escape.hpp"

#include <algorithm>

namespace kapacitor {
namespace {

std::string escape(std::string_view text, std::string_view special) {
  std::string escaped;
  escaped.reserve(text.size());
  append_escaped(escaped, text, special);
  return escaped;
}

}  // namespace

void append_escaped(std::string& to, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) to += '\\';
    to += c;
  }
}

char* write_escaped(char* out, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) *out++ = '\\';
    *out++ = c;
  }
  return out;
}

std::string escape_measurement(std::string_view name) {
  return escape(name, measurement_escapes);
}

std::string escape_key(std::string_view name) {
  return escape(name, key_escapes);
}

std::string quoted_text(std::string_view text) {
  return '"' + escape(text, text_escapes) + '"';
}

std::string_view why_not_a_key(std::string_view text) {
  if (text.ends_with('\\')) {
    return "must not end in a backslash, which would escape what follows";
  }
  if (text.find('\n') != std::string_view::npos) return "must not hold a line break";
  return {};
}

std::string_view why_not_a_measurement(std::string_view name) {
  if (name.empty()) return "must not be empty";
  if (name.front() == '#') return "must not begin with #, which begins a comment";
  if (std::string_view("\t\0", 2).find(name.front()) != std::string_view::npos) {
    return "must not begin with a tab or NUL, which are skipped at the start of a line";
  }
  return why_not_a_key(name);
}

bool has_escaping_backslash(std::string_view name) {
  for (auto at = name.find('\\'); at != std::string_view::npos; at = name.find('\\', at + 1)) {
    if (at + 1 < name.size() && key_escapes.find(name[at + 1]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::string_view why_not_a_field(std::string_view name) {
  if (const auto why = why_not_a_name(name); !why.empty()) return why;
  if (has_escaping_backslash(name)) return "must not have a backslash before a comma, a space or =";
  return {};
}

std::string_view why_not_a_name(std::string_view name) {
  if (const auto why = why_not_a_measurement(name); !why.empty()) return why;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (std::any_of(name.begin(), name.end(), control)) return "must not hold control characters";
  return {};
}

}  // namespace kapacitor
