#include "replay/survey.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "base/line/parse.hpp"
#include "base/text/shown.hpp"
#include "base/text/utf8.hpp"
#include "replay/csv_row.hpp"
#include "replay/same_time.hpp"
#include "replay/written_line.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t most_fields = 10'000;  // of all measurements: beyond, new ones are left out
constexpr std::size_t most_shown = 40;
constexpr const char* type_names[] = {"real", "integer", "boolean", "text"};
constexpr std::size_t text_type = 3;

std::size_t type_of(const line_value& v) {
  if (std::holds_alternative<double>(v)) return 0;
  if (std::holds_alternative<std::int64_t>(v)) return 1;
  return std::holds_alternative<bool>(v) ? 2 : text_type;
}

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

  void look_at(const index_entry& e) {
    const auto line = line_.of(e);
    if (first_not_utf8(line) != line.npos && into_.not_utf8++ == 0) {
      into_.first_not_utf8 = valid_utf8(line.substr(0, line.find(' ')));
    }
    constexpr std::int64_t year = 31'536'000'000'000'000;  // ns
    into_.of_1970 += e.time > -year && e.time < year ? 1U : 0U;
    if (!parser_.parse(line, 1, point_).empty()) return;
    for (const auto& f : point_.fields) count(f);
  }

 private:
  void count(const line_field& f) {
    auto* field = find(f.name);
    if (!field) return;
    const auto type = type_of(f.value);
    ++field->points[type];
    if (type != text_type) return;
    const auto text = std::get<std::string_view>(f.value);
    if (!looks_like_number(text)) return;
    if (field->like_numbers++ == 0) field->such_as = text;
  }
  survey::field* find(std::string_view name) {
    auto& fields = into_.fields[std::string(point_.name)];
    const auto found = fields.find(std::string(name));
    if (found != fields.end()) return &found->second;
    return fields_++ < most_fields ? &fields[std::string(name)] : nullptr;
  }

  written_line line_;
  line_parser parser_;
  line_point point_;
  survey& into_;
  std::size_t fields_ = 0;
};

std::uint64_t total(const survey::field& f) {
  return f.points[0] + f.points[1] + f.points[2] + f.points[3];
}

/// "real", or "real in 5 points, text in 2" where types are mixed.
std::string types_of(const survey::field& f) {
  std::string text;
  for (std::size_t type = 0; type < f.points.size(); ++type) {
    const auto n = f.points[type];
    if (n == total(f)) return type_names[type];
    if (n == 0) continue;
    text += fmt::format("{}{} in {} points", text.empty() ? "" : ", ", type_names[type], n);
  }
  return text;
}

std::string field_lines(const survey& s) {
  std::string text;
  std::size_t shown_fields = 0, all = 0;
  for (const auto& [measurement, fields] : s.fields) {
    all += fields.size();
    for (const auto& [name, field] : fields) {
      if (shown_fields++ >= most_shown) break;
      text += fmt::format("field     {} {}: {}\n", measurement, name, types_of(field));
    }
  }
  if (all > most_shown) text += fmt::format("          and {} more fields\n", all - most_shown);
  return text;
}

std::string warnings_of(const std::string& name, const survey::field& f) {
  std::string text;
  const bool mixed = std::count(f.points.begin(), f.points.end(), 0U) < 3;
  if (mixed) {
    text += fmt::format(
        "warning   {} has several types: InfluxDB takes the first and rejects points of the "
        "others\n",
        name);
  }
  if (f.like_numbers > 0) {
    text += fmt::format(
        "warning   {} is text that looks like a number in {} of {} points, such as {}: no function "
        "can compute with it\n",
        name, f.like_numbers, total(f), shown(f.such_as));
  }
  return text;
}

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
  for (const auto& e : file.points()) by.look_at(e);
  s.overwritten = overwritten_points(file, time_unit);
  return s;
}

std::string to_text(const survey& s) {
  auto text = field_lines(s);
  for (const auto& [measurement, fields] : s.fields) {
    for (const auto& [name, field] : fields) {
      text += warnings_of(fmt::format("field {} of {}", name, measurement), field);
    }
  }
  if (s.overwritten > 0) {
    text += fmt::format(
        "same time {} points have series, time and a field of another: InfluxDB keeps the last of "
        "each\n",
        s.overwritten);
  }
  if (s.not_utf8 > 0) {
    text += fmt::format(
        "no UTF-8  {} points, such as of {}: InfluxDB stores them, but Kapacitor ends a task with "
        "a UDF at the first\n",
        s.not_utf8, s.first_not_utf8);
  }
  if (s.of_1970 > 0) {
    text += fmt::format(
        "of 1970   {} points have times of that year: --time-format s, ms or us says what they "
        "count\n",
        s.of_1970);
  }
  return text;
}

}  // namespace kapacitor::generator
