#include "base/table/number_style.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/line/value.hpp"
#include "base/text/encoding.hpp"

namespace kapacitor {
namespace {

/// What a style allows.
struct marks {
  char decimal, group;  // group: '\0' for none, ' ' for a blank of any kind
};
constexpr std::array<marks, 6> marks_of{
    {{'.', '\0'}, {',', '\0'}, {'.', ','}, {',', '.'}, {'.', ' '}, {',', ' '}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// How many bytes a mark has at the front of a text, and which it is: a comma, a point, or ' ' for
/// what may stand between groups; 0 bytes: none.
std::size_t mark_at_front(std::string_view text, char& mark) {
  mark = text.front();
  if (mark == ',' || mark == '.') return 1;
  mark = ' ';
  if (text.front() == ' ' || text.front() == '\'') return 1;
  if (text.starts_with("\xc2\xa0")) return 2;
  return text.starts_with("\xe2\x80\xaf") || text.starts_with("\xe2\x80\x99") ? 3 : 0;
}

/// A number taken apart: runs of digits with marks between them, and an exponent.
struct parts {
  static constexpr std::size_t most = 12;
  std::array<std::size_t, most> runs{};  // how many digits each has
  std::array<char, most> marks{};        // in front of each; none in front of the first
  std::size_t count = 0;
  bool exponent = false, sound = false;
};

bool is_exponent(std::string_view text) {
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

parts take_apart(std::string_view text) {
  parts p;
  char mark = '\0';
  for (bool more = true; more && p.count < parts::most;) {
    const auto digits = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    p.runs[p.count] = digits;
    p.marks[p.count++] = mark;
    text.remove_prefix(digits);
    const auto size = text.empty() ? 0 : mark_at_front(text, mark);
    more = size > 0;
    text.remove_prefix(size);
  }
  p.exponent = !text.empty() && (text.front() == 'e' || text.front() == 'E') && is_exponent(text);
  p.sound = text.empty() || p.exponent;
  return p;
}

bool fits(const parts& p, marks m) {
  std::size_t groups = p.count - 1;
  const bool has_decimals = groups > 0 && p.marks[groups] == m.decimal;
  if (has_decimals) --groups;
  if (p.exponent && groups > 0) return false;
  if (p.runs[0] == 0 && !(has_decimals && groups == 0 && p.runs[1] > 0)) return false;
  if (groups > 0 && (m.group == '\0' || p.runs[0] > 3)) return false;
  for (std::size_t i = 1; i <= groups; ++i) {
    if (p.marks[i] != m.group || p.runs[i] != 3) return false;
  }
  return true;
}

bool is_whole(const parts& p, marks m) {
  return !p.exponent && (p.count == 1 || p.marks[p.count - 1] != m.decimal);
}

std::string with_point(std::string_view text) {
  std::string copy(text);
  std::replace(copy.begin(), copy.end(), ',', '.');
  return copy;
}

std::string_view without_plus(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return text;
}

std::string_view without_percent(std::string_view text, bool& percent) {
  percent = text.ends_with('%');
  return percent ? trimmed(text.substr(0, text.size() - 1)) : text;
}

}  // namespace

simple_number look_at_simple(std::string_view cell) {
  std::size_t i = cell.starts_with('-') ? 1 : 0, point = 0;
  const auto first = i;
  if (cell.size() - i > 1 && cell[i] == '0' && cell[i + 1] != '.') return {};
  for (; i < cell.size(); ++i) {
    if (is_digit(cell[i])) continue;
    if (cell[i] != '.' || point > 0 || i == first) return {};
    point = i;
  }
  if (i == first || i - first > 18 || point + 1 == cell.size()) return {};
  const bool grouped = point > 0 && point - first <= 3 && cell.size() - point == 4;
  return {true, point > 0, grouped};
}

number_look look_at_number(std::string_view cell) {
  number_look look;
  auto text = without_percent(without_plus(trimmed(cell)), look.percent);
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (!is_digit(text.front()) && text.front() != '.' && text.front() != ',')) {
    return look;
  }
  look.leading_zero = text.size() > 1 && text[0] == '0' && is_digit(text[1]);
  const auto p = take_apart(text);
  // What no double holds is no number.
  if ((p.exponent || text.size() > 300) && !read_float(with_point(text))) return look;
  for (unsigned i = 0; p.sound && i < marks_of.size(); ++i) {
    if (!fits(p, marks_of[i])) continue;
    look.styles.add(static_cast<number_style>(i));
    if (is_whole(p, marks_of[i])) look.integers.add(static_cast<number_style>(i));
  }
  return look;
}

char* write_plain_number(std::string_view cell, number_style style, char* out) {
  bool percent = false;
  const auto text = without_percent(without_plus(trimmed(cell)), percent);
  if (style == number_style::plain) return std::copy(text.begin(), text.end(), out);
  const auto decimal = marks_of[static_cast<unsigned>(style)].decimal;
  for (const char c : text) {
    const bool kept = is_digit(c) || c == '-' || c == '+' || c == 'e' || c == 'E';
    if (kept) *out++ = c;
    if (c == decimal) *out++ = '.';
  }
  return out;
}

std::string_view example_of(number_style style) {
  constexpr std::array<std::string_view, 6> examples{"1721.5",  "1721,5",  "1,721.5",
                                                     "1.721,5", "1 721.5", "1 721,5"};
  return examples[static_cast<unsigned>(style)];
}

}  // namespace kapacitor
