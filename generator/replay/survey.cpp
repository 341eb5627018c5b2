#include "replay/survey.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "base/line/parse.hpp"
#include "base/text/encoding.hpp"
#include "base/text/shown.hpp"
#include "replay/same_time.hpp"
#include "replay/written_line.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t most_fields = 1000;  // with texts like numbers

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t n = 0;
  while (at + n < text.size() && std::isdigit(static_cast<unsigned char>(text[at + n])) != 0) ++n;
  return n;
}

bool is_separator(char c) {
  return c == '.' || c == ',' || c == '\'' || c == ' ';
}

/// Digits, perhaps in groups of three, with a fraction or without. Returns: where they end
std::size_t end_of_digits(std::string_view text, std::size_t at) {
  at += digits_at(text, at);
  while (at < text.size() && is_separator(text[at])) {
    const auto group = digits_at(text, at + 1);
    if (group == 0) return text[at] == ' ' ? at : at + 1;
    at += 1 + group;
    if (group != 3) return at;
  }
  return at;
}

class surveyor {
 public:
  surveyor(const replay_file& file, survey& into) : line_(file), into_(into) {}

  void look_at(const index_entry& e, bool texts) {
    const auto line = line_.of(e);
    if (first_invalid_utf8(line) != line.size() && into_.not_utf8++ == 0) {
      into_.first_not_utf8 = valid_utf8(line.substr(0, line.find(' ')));
    }
    if (!texts || !parser_.parse(line, 1, point_).empty()) return;
    for (const auto& f : point_.fields) count(f);
  }

 private:
  void count(const line_field& f) {
    const auto* text = std::get_if<std::string_view>(&f.value);
    if (!text || !looks_like_number(*text)) return;
    auto& all = into_.like_numbers;
    const std::pair key(std::string(point_.name), std::string(f.name));
    if (all.size() >= most_fields && !all.contains(key)) return;
    auto& found = all[key];
    if (found.points++ == 0) found.such_as = *text;
  }

  written_line line_;
  line_parser parser_;
  line_point point_;
  survey& into_;
};

}  // namespace

bool looks_like_number(std::string_view text) {
  text = trimmed(text);
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (digits_at(text, at) == 0) return false;
  at = end_of_digits(text, at);
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const auto sign = text.substr(at + 1).starts_with('-') || text.substr(at + 1).starts_with('+');
    at += (sign ? 2U : 1U) + digits_at(text, at + (sign ? 2U : 1U));
  }
  const auto rest = trimmed(text.substr(std::min(at, text.size())));
  return rest.empty() || rest == "%";
}

survey survey_of(const replay_file& file, std::int64_t time_unit) {
  survey s;
  surveyor by(file, s);
  const auto format = file.description().format;
  const bool texts = format != file_format::csv && format != file_format::nab;
  for (const auto& e : file.points()) by.look_at(e, texts);
  s.overwritten = overwritten_points(file, time_unit);
  return s;
}

std::string to_text(const survey& s) {
  std::string text;
  for (const auto& [key, found] : s.like_numbers) {
    text += fmt::format(
        "warning   field {} of {} is text that looks like a number in {} points, such as {}: no "
        "function can compute with it\n",
        key.second, key.first, found.points, shown(found.such_as));
  }
  if (s.overwritten > 0) {
    text += fmt::format(
        "same time {} points have series, time and a field of another: InfluxDB keeps the last of "
        "each; what tells them apart belongs in a tag, of a table with --tag COLUMN\n",
        s.overwritten);
  }
  if (s.not_utf8 > 0) {
    text += fmt::format(
        "no UTF-8  {} points, such as of {}: InfluxDB stores them, but Kapacitor ends a task with "
        "a UDF at the first\n",
        s.not_utf8, s.first_not_utf8);
  }
  return text;
}

}  // namespace kapacitor::generator
