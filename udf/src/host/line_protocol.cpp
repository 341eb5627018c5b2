#include "host/line_protocol.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "host/line_number.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t longest_key = 65535;  // InfluxDB's limit on measurement and tags together

bool is_whitespace(char c) {
  return c == ' ' || c == '\t' || c == '\0';
}

// Inside the fields, commas and '=' tell whether a quote opens a string or is part of a name.
std::size_t end_of_quoted_line(std::string_view text, std::size_t from) {
  bool fields = false, quoted = false;
  std::size_t equals = 0, commas = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (c == '\n' && !quoted) {
      return i;
    } else if (c == ' ') {
      fields = true;
    } else if (fields && c == '"' && equals > commas) {
      quoted = !quoted;
    } else if (fields && !quoted) {
      equals += c == '=';
      commas += c == ',';
    }
  }
  return npos;
}

}  // namespace

std::optional<std::int64_t> precision_multiplier(std::string_view precision) {
  if (precision.empty() || precision == "n" || precision == "ns") return 1;
  if (precision == "u" || precision == "us") return 1'000;
  if (precision == "ms") return 1'000'000;
  if (precision == "s") return 1'000'000'000;
  if (precision == "m") return 60'000'000'000;
  if (precision == "h") return 3'600'000'000'000;
  return std::nullopt;
}

std::size_t end_of_line(std::string_view text, std::size_t from) {
  const auto newline = text.find('\n', from);
  const auto line = text.substr(from, newline == npos ? npos : newline - from);
  const bool plain = line.find('"') == npos && !line.ends_with('\\');
  if (plain || (newline != npos && is_blank_or_comment(line))) return newline;
  return end_of_quoted_line(text, from);
}

bool is_blank_or_comment(std::string_view line) {
  for (const char c : line) {
    if (!is_whitespace(c) && c != '\r') return c == '#';
  }
  return true;
}

std::string_view line_parser::parse(std::string_view line, std::int64_t multiplier, line_point& p) {
  line_ = line;
  at_ = 0;
  p.tags.clear();
  p.fields.clear();
  unescaped_.clear();
  unescaped_.reserve(line.size());
  if (const auto error = parse_key(p); !error.empty()) return error;
  if (const auto error = parse_fields(p); !error.empty()) return error;
  return parse_time(multiplier, p);
}

void line_parser::skip_whitespace() {
  while (at_ < line_.size() && is_whitespace(line_[at_])) ++at_;
}

// What follows a backslash is no stop, whatever stands before the backslash.
std::size_t line_parser::find_unescaped(std::string_view stops, std::size_t from) const {
  for (auto i = line_.find_first_of(stops, from); i != npos;
       i = line_.find_first_of(stops, i + 1)) {
    if (i == 0 || line_[i - 1] != '\\') return i;
  }
  return npos;
}

// A backslash takes the character behind it along.
std::size_t line_parser::step() const {
  return line_[at_] == '\\' && at_ + 1 < line_.size() ? 2 : 1;
}

std::string_view line_parser::unescape(std::string_view text, std::string_view escapable) {
  if (text.find('\\') == npos) return text;
  const auto start = unescaped_.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && escapable.find(text[i + 1]) != npos;
    if (escape) ++i;
    unescaped_ += text[i];
  }
  return std::string_view(unescaped_).substr(start);
}

std::string_view line_parser::parse_key(line_point& p) {
  skip_whitespace();
  const auto start = at_;
  if (at_ >= line_.size() || line_[at_] == ',') return "missing measurement";
  const auto end = find_unescaped(", ", at_ + 1);
  if (end == npos) return "missing fields";
  p.name = unescape(line_.substr(start, end - start), ",\" =");
  at_ = end;
  while (line_[at_] == ',') {
    ++at_;
    if (const auto error = parse_tag(p); !error.empty()) return error;
  }
  if (at_ - start > longest_key) return "measurement and tags exceed 65535 bytes";
  return check_tags(p);
}

// Leaves at_ behind the value: at a comma or a space.
std::string_view line_parser::parse_tag(line_point& p) {
  if (at_ >= line_.size() || std::string_view(" ,=").find(line_[at_]) != npos) {
    return "missing tag key";
  }
  const auto equals = find_unescaped("=, ", at_ + 1);
  if (equals == npos || line_[equals] != '=') return "missing tag value";
  const auto value = equals + 1;
  if (value >= line_.size() || line_[value] == ',' || line_[value] == ' ') {
    return "missing tag value";
  }
  const auto end = find_unescaped("=, ", value + 1);
  if (end == npos) return "missing fields";
  if (line_[end] == '=') return "invalid tag format: '=' must be written \"\\=\"";
  p.tags.push_back({unescape(line_.substr(at_, equals - at_), ", ="),
                    unescape(line_.substr(value, end - value), ", =")});
  at_ = end;
  return {};
}

std::string_view line_parser::check_tags(line_point& p) {
  const auto by_name = [](const tag& a, const tag& b) { return a.name < b.name; };
  const auto same_name = [](const tag& a, const tag& b) { return a.name == b.name; };
  if (!std::is_sorted(p.tags.begin(), p.tags.end(), by_name)) {
    std::sort(p.tags.begin(), p.tags.end(), by_name);
  }
  const bool twice = std::adjacent_find(p.tags.begin(), p.tags.end(), same_name) != p.tags.end();
  return twice ? "duplicate tags" : std::string_view();
}

std::string_view line_parser::parse_fields(line_point& p) {
  skip_whitespace();
  if (at_ >= line_.size()) return "missing fields";
  for (;;) {
    if (const auto error = parse_field(p); !error.empty()) return error;
    if (at_ >= line_.size() || line_[at_] == ' ') return {};
    ++at_;  // a comma
  }
}

// Leaves at_ behind the value: at a comma, a space or the end.
std::string_view line_parser::parse_field(line_point& p) {
  const auto start = at_;
  while (at_ < line_.size() && std::string_view("=, ").find(line_[at_]) == npos) {
    at_ += step();
  }
  if (at_ >= line_.size() || line_[at_] != '=') return "invalid field format";
  if (at_ == start) return "missing field key";
  const auto name = unescape(line_.substr(start, at_ - start), ",\" =");
  ++at_;
  if (at_ < line_.size() && line_[at_] == '"') return parse_string(name, p);
  const auto end = std::min(line_.find_first_of(", ", at_), line_.size());
  const auto text = line_.substr(at_, end - at_);
  at_ = end;
  if (text.empty()) return "missing field value";
  const auto parsed = parse_plain_value(text);
  if (!parsed) return what_is_wrong_with(text);
  p.fields.push_back({name, *parsed});
  return {};
}

std::string_view line_parser::parse_string(std::string_view name, line_point& p) {
  const auto start = ++at_;
  while (at_ < line_.size() && line_[at_] != '"') {
    at_ += step();
  }
  if (at_ >= line_.size()) return "unbalanced quotes";
  p.fields.push_back({name, unescape(line_.substr(start, at_ - start), "\"\\")});
  ++at_;
  const bool ends = at_ >= line_.size() || line_[at_] == ',' || line_[at_] == ' ';
  return ends ? std::string_view() : "text after the closing quote of a string";
}

std::string_view line_parser::parse_time(std::int64_t multiplier, line_point& p) {
  skip_whitespace();
  const auto end = std::min(line_.find(' ', at_), line_.size());
  const auto text = line_.substr(at_, end - at_);
  p.has_time = !text.empty();
  if (line_.find_first_not_of(' ', end) != npos) return "text after the timestamp";
  if (text.empty()) return {};
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), p.time);
  if (after != text.data() + text.size() || error == std::errc::invalid_argument) {
    return "bad timestamp";
  }
  // The two lowest and the highest time mean something else inside InfluxDB.
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min() + 2;
  constexpr auto highest = std::numeric_limits<std::int64_t>::max() - 1;
  const bool fits = error == std::errc{} && !__builtin_mul_overflow(p.time, multiplier, &p.time);
  return fits && p.time >= lowest && p.time <= highest ? std::string_view()
                                                       : "time outside of the years 1677 to 2262";
}

}  // namespace kapacitor::udf::host
