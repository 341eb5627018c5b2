#include "base/table/field_column.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/line/value.hpp"
#include "base/text/encoding.hpp"
#include "base/text/shown.hpp"

namespace kapacitor {
namespace {

/// The number as line protocol has it.
std::string plain(std::string_view text, number_style style) {
  std::string number(text.size(), '\0');
  const auto* end = write_plain_number(text, style, number.data());
  number.resize(static_cast<std::size_t>(end - number.data()));
  return number;
}

bool fits_uint64(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_boolean(std::string_view text) {
  return read_boolean(text) || text == "0" || text == "1";
}

}  // namespace

field_column::field_column(std::string name, column_type type, bool is_unsigned)
    : name_(std::move(name)),
      prefix_(escape_key(name_) + '='),
      type_(type),
      is_unsigned_(is_unsigned) {}

field_column::cell field_column::take(std::string_view text, std::uint64_t line) {
  if (text.empty()) return cell::missing;
  if (type_ == column_type::string) {
    if (!decided_) profile_.take(text, line);
    ++values_;
    return cell::value;
  }
  if (is_missing(text)) {
    if (!decided_) profile_.take(text, line);
    return cell::missing;
  }
  if (type_ != column_type::automatic && !fits(text)) return cell::wrong;
  if (!decided_) profile_.take(text, line);
  ++values_;
  return cell::value;
}

bool field_column::fits(std::string_view text) const {
  if (type_ == column_type::boolean) return is_boolean(trimmed(text));
  const bool plain = type_ == column_type::floating && (!decided_ || style_ == number_style::plain);
  if (plain && look_at_simple(text).is_one) return true;
  const auto look = look_at_number(text);
  if (look.styles.empty() || (decided_ && !look.styles.has(style_))) return false;
  return type_ == column_type::floating || fits_integer(text, look);
}

bool field_column::fits_integer(std::string_view text, const number_look& look) const {
  if (look.integers.empty() || (decided_ && !look.integers.has(style_))) return false;
  const auto number = plain(text, decided_ ? style_ : look.integers.first());
  return is_unsigned_ ? fits_uint64(number) : read_integer(number).has_value();
}

std::string field_column::why_not(std::string_view text) const {
  if (type_ == column_type::boolean) {
    return shown(text) + ": allowed are true, false, 1, 0, by its type bool";
  }
  if (type_ == column_type::floating) {
    return shown(text) + ": allowed are numbers, by its type float" +
           (decided_ ? fmt::format(", written as {}", example_of(style_)) : "");
  }
  const bool digits = trimmed(text).find_first_not_of("0123456789") == std::string_view::npos;
  return shown(text) + ": allowed are whole numbers of 64 bits, by its type int" +
         (digits && fits_uint64(trimmed(text)) ? "; it is unsigned, which only --api v2 takes"
                                               : "");
}

field_column::decision field_column::decide(const column_profile::hints& h) {
  const auto v = profile_.decide(h);
  decided_ = true;
  style_ = v.style;
  percent_ = v.percent;
  if (type_ == column_type::string || type_ == column_type::boolean) return {};
  if (type_ != column_type::automatic) return {v.problem, v.line, {}, !v.problem.empty()};
  const bool is_text = v.problem.empty() && v.kind == column_kind::text;
  type_ = is_text                          ? column_type::string
          : v.kind == column_kind::boolean ? column_type::boolean
                                           : column_type::floating;
  return {v.problem, v.line, v.warning,
          !v.problem.empty() || (is_text && profile_.has_words_for_missing())};
}

std::string field_column::type_text() const {
  switch (type_) {
    case column_type::boolean:
      return "bool";
    case column_type::string:
      return "string";
    default:
      break;
  }
  if (values_ == 0) return "no values";
  std::string text = type_ == column_type::floating ? "float" : is_unsigned_ ? "unsigned" : "int";
  if (style_ != number_style::plain) text += fmt::format(", written as {}", example_of(style_));
  return text + (percent_ ? ", without its percent sign" : "");
}

char* field_column::write(std::string_view text, char* out) const {
  if (type_ == column_type::string) {
    *out++ = '"';
    out = write_escaped(out, text, text_escapes);
    *out++ = '"';
    return out;
  }
  if (type_ == column_type::boolean) {
    const auto word = trimmed(text);
    const auto written = word == "0" ? "f" : word == "1" ? "t" : word;
    return std::copy(written.begin(), written.end(), out);
  }
  out = write_plain_number(text, style_, out);
  if (type_ == column_type::integer) *out++ = is_unsigned_ ? 'u' : 'i';
  return out;
}

}  // namespace kapacitor
