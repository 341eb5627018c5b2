#include "base/line/writer.hpp"

#include <cmath>

#include "base/line/escape.hpp"
#include "base/line/line_end.hpp"
#include "base/line/number.hpp"

namespace kapacitor {
namespace {

// Without the text itself: who counts the reasons wants few of them.
constexpr std::string_view bad_key = "a name or tag ends in a backslash or holds a line break";

void append_integer(std::string& to, std::int64_t x) {
  char digits[20];
  to.append(digits, write_integer(digits, x));
}

struct append_value {
  std::string& to;
  void operator()(double x) const {
    char digits[longest_number];
    to.append(digits, write_shortest(digits, x));
  }
  void operator()(std::int64_t x) const {
    append_integer(to, x);
    to += 'i';
  }
  void operator()(bool x) const { to += x ? 't' : 'f'; }
  void operator()(std::string_view x) const {
    to += '"';
    append_escaped(to, x, text_escapes);
    to += '"';
  }
};

bool is_not_finite(const line_value& v) {
  const auto* x = std::get_if<double>(&v);
  return x != nullptr && !std::isfinite(*x);
}

std::string_view why_not_measurement(std::string_view name) {
  if (name.empty()) return "there is no measurement";
  return why_not_a_measurement(name).empty()
             ? std::string_view()
             : "the measurement begins with #, a tab or NUL, ends in a backslash or holds a line "
               "break";
}

std::string_view why_not_field(std::string_view name, const line_value& value, bool is_first) {
  if (name.empty()) return "a field has no name";
  if (is_not_finite(value)) return "a field is not a finite number";
  if (!why_not_a_key(name).empty()) return bad_key;
  if (is_first && name.front() != ' ' && is_line_space(name.front())) {
    return "the first field begins with a tab or NUL, which are skipped there";
  }
  if (has_escaping_backslash(name)) {
    return "a field's name has a backslash before a comma, a space or =";
  }
  return {};
}

/// The reader takes a backslash before these as an escape, too, though they need none.
bool is_read_as_escape(std::string_view text, std::size_t at) {
  return at > 0 && text[at - 1] == '\\' && (text[at] == '"' || text[at] == '=');
}

void append_name(std::string& to, std::string_view text, std::string_view special) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (special.find(text[i]) != std::string_view::npos || is_read_as_escape(text, i)) to += '\\';
    to += text[i];
  }
}

}  // namespace

line_writer::line_writer(std::string& to, std::string_view measurement)
    : to_(to), start_(to.size()) {
  refuse(why_not_measurement(measurement));
  append_name(to_, measurement, measurement_escapes);
}

void line_writer::append_key(std::string_view text) {
  if (!why_not_a_key(text).empty()) refuse(bad_key);
  append_escaped(to_, text, key_escapes);
}

void line_writer::tag(std::string_view name, std::string_view value) {
  if (name.empty() || value.empty()) return;
  to_ += ',';
  append_key(name);
  to_ += '=';
  append_key(value);
}

void line_writer::field(std::string_view name, const line_value& value) {
  refuse(why_not_field(name, value, before_field_ == ' '));
  to_ += before_field_;
  append_name(to_, name, key_escapes);
  to_ += '=';
  std::visit(append_value{to_}, value);
  before_field_ = ',';
}

std::string_view line_writer::end(std::int64_t time) {
  if (before_field_ == ' ') refuse("there are no fields");
  if (!wrong_.empty()) {
    to_.resize(start_);
    return wrong_;
  }
  to_ += ' ';
  append_integer(to_, time);
  to_ += '\n';
  return {};
}

}  // namespace kapacitor
