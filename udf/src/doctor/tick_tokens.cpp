#include "doctor/tick_tokens.hpp"

#include <algorithm>

namespace kapacitor::udf::doctor {
namespace {

using kind = tick_token::kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// Names may have any letters, those of other alphabets included.
bool is_name(char c) {
  return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// The units of durations; µ is written in two ways.
constexpr std::string_view units[] = {"ns", "ms", "µs", "μs", "us", "u", "µ",
                                      "μ",  "s",  "m",  "h",  "d",  "w"};

std::size_t unit_length(std::string_view text) {
  for (const auto unit : units) {
    if (text.starts_with(unit)) return unit.size();
  }
  return 0;
}

}  // namespace

void tick_tokens::skip_blanks_and_comments() {
  for (;;) {
    const auto blanks = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
    line_ += static_cast<std::size_t>(
        std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(blanks), '\n'));
    rest_.remove_prefix(blanks);
    if (!rest_.starts_with("//")) return;
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
  }
}

/// The length of what begins and ends with the quote; a backslash takes the next character along.
std::size_t tick_tokens::closed_by(std::string_view quote) const {
  for (std::size_t at = quote.size(); at < rest_.size(); ++at) {
    if (rest_.substr(at).starts_with(quote)) return at + quote.size();
    if (rest_[at] == '\\' && quote.size() == 1) ++at;
  }
  return rest_.size();
}

std::size_t tick_tokens::number_length(kind& what) const {
  std::size_t at = 0;
  for (;;) {
    const auto begin = at;
    while (at < rest_.size() && (is_digit(rest_[at]) || rest_[at] == '.')) ++at;
    const auto unit = at == begin ? 0 : unit_length(rest_.substr(at));
    what = unit > 0 || (at == begin && begin > 0) ? kind::duration : kind::number;
    if (unit == 0) return at;
    at += unit;
  }
}

/// A slash divides, unless there is nothing to divide.
bool tick_tokens::regex_may_follow() const {
  return last_.is("=~") || last_.is("!~") || last_.is("(") || last_.is(",") || last_.is("[") ||
         last_.is("=");
}

std::size_t tick_tokens::length(kind& what) const {
  const char c = rest_.front();
  if (c == '\'') return what = kind::text, closed_by(rest_.starts_with("'''") ? "'''" : "'");
  if (c == '"') return what = kind::reference, closed_by("\"");
  if (c == '/' && regex_may_follow()) return what = kind::regex, closed_by("/");
  if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1])))
    return number_length(what);
  if (is_name(c)) {
    what = kind::name;
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name);
    return static_cast<std::size_t>(end - rest_.begin());
  }
  what = kind::sign;
  return rest_.starts_with("=~") || rest_.starts_with("!~") ? 2 : 1;
}

tick_token tick_tokens::next() {
  skip_blanks_and_comments();
  tick_token made{kind::end, {}, line_};
  if (rest_.empty()) return last_ = made;
  const auto n = length(made.what);
  made.text = rest_.substr(0, n);
  line_ += static_cast<std::size_t>(std::count(made.text.begin(), made.text.end(), '\n'));
  rest_.remove_prefix(n);
  return last_ = made;
}

}  // namespace kapacitor::udf::doctor
