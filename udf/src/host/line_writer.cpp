#include "host/line_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <variant>

namespace kapacitor::udf::host {
namespace {

void append_escaped(std::string& to, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) to += '\\';
    to += c;
  }
}

template <class Number>
void append_number(std::string& to, Number x) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
  to.append(digits, static_cast<std::size_t>(end - digits));
}

struct append_value {
  std::string& to;
  void operator()(double x) const { append_number(to, x); }
  void operator()(std::int64_t x) const {
    append_number(to, x);
    to += 'i';
  }
  void operator()(bool x) const { to += x ? 't' : 'f'; }
  void operator()(std::string_view x) const {
    to += '"';
    append_escaped(to, x, "\"\\");
    to += '"';
  }
};

// A backslash at the end would escape the separator that follows.
std::string_view what_is_wrong_with_word(std::string_view word) {
  if (word.ends_with('\\')) return "a name or tag ends with a backslash";
  if (word.find('\n') != std::string_view::npos) return "a line break in a name or tag";
  return {};
}

std::string_view what_is_wrong_with(const line_parts& p) {
  if (p.name.empty()) return "no measurement name";
  if (p.name.front() == '#') return "the measurement name begins with #";
  if (p.fields.empty()) return "no fields";
  std::string_view wrong = what_is_wrong_with_word(p.name);
  const auto check = [&wrong](std::string_view word) {
    if (wrong.empty()) wrong = what_is_wrong_with_word(word);
  };
  for (const auto& t : p.tags) check(t.name), check(t.value);
  for (const auto& f : p.fields) {
    check(f.name);
    if (f.name.empty()) return "a field without a name";
    const auto* x = std::get_if<double>(&f.value.held());
    if (x && !std::isfinite(*x)) return "a field is no finite number";
  }
  return wrong;
}

void append_tag(std::string& to, const tag& t) {
  if (t.value.empty() || t.name.empty()) return;
  to += ',';
  append_escaped(to, t.name, ", =");
  to += '=';
  append_escaped(to, t.value, ", =");
}

}  // namespace

std::string_view append_line(std::string& to, const line_parts& p) {
  if (const auto wrong = what_is_wrong_with(p); !wrong.empty()) return wrong;
  append_escaped(to, p.name, ", ");
  for (const auto& t : p.tags) {
    const auto same = [&t](const tag& other) { return other.name == t.name; };
    if (std::none_of(p.more_tags.begin(), p.more_tags.end(), same)) append_tag(to, t);
  }
  for (const auto& t : p.more_tags) append_tag(to, t);
  char before = ' ';
  for (const auto& f : p.fields) {
    to += before;
    append_escaped(to, f.name, ", =");
    to += '=';
    std::visit(append_value{to}, f.value.held());
    before = ',';
  }
  to += ' ';
  append_number(to, p.time);
  to += '\n';
  return {};
}

}  // namespace kapacitor::udf::host
