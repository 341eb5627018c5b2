#include "base/table/column_profile.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/line/value.hpp"
#include "base/text/encoding.hpp"
#include "base/text/shown.hpp"

namespace kapacitor {
namespace {

/// Whether a text is that word, in small letters or large ones.
bool is_word(std::string_view text, std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [&](char a, char b) { return lower(a) == b; });
}

bool fits_int64(std::string_view cell, number_styles styles) {
  if (styles.empty() || cell.size() > 64) return false;
  char plain[64];
  const auto* end = write_plain_number(cell, styles.first(), plain);
  return read_integer({plain, static_cast<std::size_t>(end - plain)}).has_value();
}

/// "12.3 GiB", "13 ms", "21 °C": a number, a blank and a unit.
bool has_unit(std::string_view cell) {
  const auto text = trimmed(cell);
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return false;
  const auto unit = text.substr(blank + 1);
  const bool is_unit = unit.size() <= 8 && unit.find_first_of(" 0123456789") == unit.npos;
  return is_unit && !look_at_number(text.substr(0, blank)).styles.empty();
}

column_verdict of_kind(column_kind kind) {
  column_verdict v;
  v.kind = kind;
  return v;
}

}  // namespace

bool is_missing(std::string_view cell) {
  auto text = trimmed(cell);
  if (text.empty()) return true;
  if (text.size() > 9 || (text.front() >= '0' && text.front() <= '9')) return false;
  constexpr std::array<std::string_view, 9> words{"n/a",  "na",        "null", "nil", "none",
                                                  "#n/a", "undefined", "-",    "--"};
  constexpr std::array<std::string_view, 3> numbers{"nan", "inf", "infinity"};
  const auto is = [&text](auto word) { return is_word(text, word); };
  if (std::any_of(words.begin(), words.end(), is)) return true;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return std::any_of(numbers.begin(), numbers.end(), is);
}

std::string_view name_of(column_kind kind) {
  constexpr std::array<std::string_view, 5> names{"no values", "int", "float", "bool", "string"};
  return names[static_cast<std::size_t>(kind)];
}

void column_profile::example::set(std::string_view c, std::uint64_t l) {
  if (line != 0) return;
  cell = c.substr(0, 80);
  line = l;
}

std::string column_profile::example::text(const hints& h) const {
  return fmt::format("{} in line {}", text_or("the one", h), line);
}

std::string column_profile::example::text_or(const char* otherwise, const hints& h) const {
  return h.quote_cells ? shown(cell) : otherwise;
}

void column_profile::take(std::string_view cell, std::uint64_t line, bool is_text) {
  const auto s = is_text ? simple_number() : look_at_simple(cell);
  if (!s.is_one) return take_other(cell, line, is_text);
  ++numbers_;
  if (number_.line == 0) number_.set(cell, line);
  if (no_percent_.line == 0) no_percent_.set(cell, line);
  if (!s.has_point) return;
  constexpr auto groups = number_styles::only(number_style::point_groups);
  const auto styles = number_styles::with_point() | (s.looks_grouped ? groups : number_styles());
  whole_ = s.looks_grouped ? whole_ & groups : number_styles();
  if ((styles_ & styles).empty() && clash_.line == 0) clash_.set(cell, line);
  styles_ = styles_ & styles;
}

void column_profile::take_other(std::string_view cell, std::uint64_t line, bool is_text) {
  if (!is_text && is_missing(cell)) {
    missing_words_ += cell.empty() ? 0U : 1U;
    return;
  }
  const auto look = is_text ? number_look() : look_at_number(cell);
  if (!look.styles.empty()) return take_number(cell, look, line);
  // One letter is more likely a text.
  const auto text = trimmed(cell);
  if (!is_text && text.size() > 1 && read_boolean(text)) {
    ++booleans_;
    return boolean_.set(cell, line);
  }
  ++texts_;
  units_ += !is_text && has_unit(cell) ? 1U : 0U;
  text_.set(cell, line);
}

void column_profile::take_number(std::string_view cell, const number_look& look,
                                 std::uint64_t line) {
  ++numbers_;
  number_.set(cell, line);
  percents_ += look.percent ? 1U : 0U;
  (look.percent ? percent_ : no_percent_).set(cell, line);
  leading_zeros_ = leading_zeros_ || (look.leading_zero && !look.integers.empty());
  fits_int64_ = fits_int64_ && (look.integers.empty() || fits_int64(cell, look.integers));
  whole_ = whole_ & look.integers;
  if ((styles_ & look.styles).empty()) clash_.set(cell, line);
  styles_ = styles_ & look.styles;
}

bool column_profile::has_decimal_comma() const {
  return numbers_ > 0 && !styles_.empty() && (styles_ & number_styles::with_point()).empty();
}

bool column_profile::has_decimal_point() const {
  return numbers_ > 0 && !styles_.empty() && (styles_ & number_styles::with_comma()).empty();
}

column_verdict column_profile::decide(const hints& h) const {
  if (numbers_ + booleans_ + texts_ == 0) return {};
  if (numbers_ > 0 && booleans_ + texts_ == 0) return decide_number(h);
  if (booleans_ > 0 && numbers_ + texts_ == 0) return of_kind(column_kind::boolean);
  if (texts_ > 0 && numbers_ + booleans_ == 0) return decide_text(h);
  return decide_mixed(h);
}

column_verdict column_profile::decide_text(const hints& h) const {
  auto v = of_kind(column_kind::text);
  if (units_ < texts_) return v;
  v.warning = fmt::format(
      "is text, such as {}, as each number has a unit: write them without, as Grafana does with "
      "\"Formatted data\" off",
      text_.text(h));
  return v;
}

column_verdict column_profile::decide_mixed(const hints& h) const {
  column_verdict v;
  const auto all = numbers_ + booleans_ + texts_;
  const auto& known = numbers_ >= booleans_ ? number_ : boolean_;
  const auto count = std::max(numbers_, booleans_);
  const auto* what = numbers_ >= booleans_ ? "numbers" : "true or false";
  const auto& odd = texts_ > 0 ? text_ : numbers_ >= booleans_ ? boolean_ : number_;
  if (count * 2 >= all) {
    v.problem = fmt::format("is {}, but {} of {} values are {}, such as {}",
                            odd.text_or("of another kind", h), count, all, what, known.text(h));
    v.line = odd.line;
    return v;
  }
  v.kind = column_kind::text;
  v.warning = fmt::format("is text, such as {}, though {} of {} values are {}, such as {}",
                          odd.text(h), count, all, what, known.text(h));
  return v;
}

column_verdict column_profile::decide_number(const hints& h) const {
  const auto style = choose_style(h);
  if (!style) return style_problem(h);
  column_verdict v;
  v.kind = whole_.has(*style) && fits_int64_ ? column_kind::integer : column_kind::number;
  v.style = *style;
  v.percent = percents_ > 0;
  const bool guessed = h.commas_elsewhere && styles_.has(number_style::plain);
  if (guessed && *style != number_style::plain && !h.decimal_comma) {
    v.warning = fmt::format(
        "is read with points between groups of digits, such as {}, as other "
        "columns have decimal commas",
        number_.text(h));
  }
  if (h.codes && leading_zeros_ && v.kind == column_kind::integer) v.kind = column_kind::text;
  if (percents_ > 0 && percents_ < numbers_) {
    v.problem = fmt::format("is {} without a percent sign, and {} with one",
                            no_percent_.text_or("a number", h), percent_.text(h));
    v.line = no_percent_.line;
  }
  return v;
}

/// Nothing: it has none, or more than one reading.
std::optional<number_style> column_profile::choose_style(const hints& h) const {
  const auto commas = styles_ & number_styles::with_comma();
  const auto points = styles_ & number_styles::with_point();
  if (styles_ == number_styles::all()) return number_style::plain;
  if (styles_.empty()) return std::nullopt;
  if (h.decimal_comma) {
    const auto own = *h.decimal_comma ? commas : points;
    return own.empty() ? std::nullopt : std::optional(own.first());
  }
  if (points.empty()) return commas.first();
  if (commas.empty()) return points.first();
  // Such as 12.345, or 12,345.
  if (points.has(number_style::plain)) return h.commas_elsewhere ? commas.first() : points.first();
  if (h.points_elsewhere) return points.first();
  if (h.commas_elsewhere || h.comma_likely) return commas.first();
  return std::nullopt;
}

column_verdict column_profile::style_problem(const hints& h) const {
  column_verdict v;
  if (clash_.line > 0) {
    v.problem = fmt::format("is {}, which is written in another way than {}",
                            clash_.text_or("a number", h), number_.text(h));
    v.line = clash_.line;
  } else {
    v.problem = fmt::format(
        "is {}: that may be a decimal comma, or a comma between groups of digits, and no other "
        "cell tells",
        number_.text_or("a number with a comma", h));
    v.line = number_.line;
  }
  return v;
}

}  // namespace kapacitor
