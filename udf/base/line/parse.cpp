#include "base/line/parse.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

#include "base/line/line_end.hpp"
#include "base/text/shown.hpp"
#include "base/text/time_text.hpp"

namespace kapacitor {
namespace {

constexpr auto shape = "a line is MEASUREMENT[,TAG=VALUE...] FIELD=VALUE[,FIELD=VALUE...] [TIME]";

std::string nothing_there(const char* what) {
  return fmt::format("there is no {}: {}", what, shape);
}

std::string bad_tag(std::string_view name, const char* why) {
  return fmt::format("tag {} {}", shown(name), why);
}

/// What to say of a text in which a backslash takes a separator along that was meant to be one:
/// what follows looks like name=value. Empty if none does.
std::string taken_along(std::string_view text) {
  text = text.substr(0, text.find('"'));
  for (auto i = text.find_first_of(", ", 1); i != npos; i = text.find_first_of(", ", i + 1)) {
    const auto next = text.substr(i + 1, text.find_first_of(", ", i + 1) - i - 1);
    if (text[i - 1] != '\\' || next.find('=') == npos) continue;
    return fmt::format(
        ": the backslash before the {} makes it part of {}; no name and no tag's value can end "
        "with "
        "a backslash",
        text[i] == ' ' ? "blank" : "comma", shown(text.substr(0, i + 1)));
  }
  return {};
}

std::string no_field_of(std::string_view name) {
  return fmt::format("field {} has no value: allowed is name=value", shown(name));
}

/// Why read_plain_value() did not take the text.
std::string bad_value(std::string_view name, std::string_view text) {
  const bool digits = text.size() > 1 && text.find_first_not_of("-0123456789") == text.size() - 1;
  const char* why = "is not a value: allowed are 1.5, 1i, true and \"text\"";
  if (digits && text.ends_with('i')) {
    why =
        "is beyond the range of 64 bits: allowed are -9223372036854775808i to "
        "9223372036854775807i; without the i it is a float";
  }
  if (digits && text.ends_with('u')) {
    why =
        "is unsigned, which InfluxDB 1.x and Kapacitor do not have: write it with an i, or "
        "without a letter as a float";
  }
  if (text.empty()) return no_field_of(name);
  return fmt::format("field {}: {} {}", shown(name), shown(text), why);
}

/// The text without its u, if it is an unsigned integer of 64 bits.
std::optional<line_value> read_unsigned(std::string_view text) {
  if (!text.ends_with('u')) return std::nullopt;
  std::uint64_t value = 0;
  const auto* const last = text.data() + text.size() - 1;
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{} || end != last) return std::nullopt;
  if (value <= INT64_MAX) return line_value(static_cast<std::int64_t>(value));
  return line_value(static_cast<double>(value));
}

}  // namespace

std::optional<std::int64_t> unit_of_precision(std::string_view precision) {
  if (precision.empty() || precision == "n" || precision == "ns") return 1;
  if (precision == "u" || precision == "us") return 1'000;
  if (precision == "ms") return 1'000'000;
  if (precision == "s") return 1'000'000'000;
  if (precision == "m") return 60'000'000'000;
  if (precision == "h") return 3'600'000'000'000;
  return std::nullopt;
}

std::string line_parser::parse(std::string_view line, std::int64_t unit, line_point& p) {
  line_ = line;
  at_ = 0;
  p.tags.clear();
  p.fields.clear();
  unescaped_.clear();
  unescaped_.reserve(line.size());
  if (auto error = parse_key(p); !error.empty()) return error;
  if (auto error = parse_fields(p); !error.empty()) return error + taken_along(p.key);
  return parse_time(unit, p);
}

void line_parser::skip_space() {
  while (at_ < line_.size() && is_line_space(line_[at_])) ++at_;
}

bool line_parser::at_any_of(std::string_view stops) const {
  return at_ >= line_.size() || stops.find(line_[at_]) != npos;
}

// What follows a backslash is not a stop, whatever precedes the backslash.
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

std::string line_parser::parse_key(line_point& p) {
  skip_space();
  const auto start = at_;
  if (at_any_of(",")) return nothing_there("measurement");
  if (line_[at_] == '#') return "a comment is not a point";
  const auto end = find_unescaped(", ", at_ + 1);
  if (end == npos) return nothing_there("field") + taken_along(line_.substr(start));
  p.name = unescape(line_.substr(start, end - start), ",\" =");
  at_ = end;
  while (line_[at_] == ',') {
    ++at_;
    if (auto error = parse_tag(p); !error.empty()) return error;
  }
  p.key = line_.substr(start, at_ - start);
  if (p.key.size() <= longest_key) return check_tags(p);
  return fmt::format("measurement and tags take {} bytes: allowed are {}", p.key.size(),
                     longest_key);
}

// Leaves at_ behind the value: at a comma or a space.
std::string line_parser::parse_tag(line_point& p) {
  if (at_any_of(" ,=")) return "a tag has no name: allowed is name=value";
  const auto equals = std::min(find_unescaped("=, ", at_ + 1), line_.size());
  const auto name = line_.substr(at_, equals - at_);
  at_ = equals + 1;
  if (equals == line_.size() || line_[equals] != '=' || at_any_of(", ")) {
    return bad_tag(name, "has no value: allowed is name=value");
  }
  const auto end = find_unescaped("=, ", at_ + 1);
  const auto value = line_.substr(at_, end - at_);
  if (end == npos) return nothing_there("field") + taken_along(line_.substr(at_));
  if (line_[end] == '=') {
    const auto taken = taken_along(line_.substr(at_));
    return taken.empty() ? bad_tag(name, "has a value with a =, which is written \\=")
                         : fmt::format("tag {} is {}{}", shown(name), shown(value), taken);
  }
  p.tags.push_back({unescape(name, ", ="), unescape(line_.substr(at_, end - at_), ", =")});
  at_ = end;
  return {};
}

std::string line_parser::check_tags(line_point& p) const {
  const auto by_name = [](const line_tag& a, const line_tag& b) { return a.name < b.name; };
  const auto same_name = [](const line_tag& a, const line_tag& b) { return a.name == b.name; };
  if (!std::is_sorted(p.tags.begin(), p.tags.end(), by_name)) {
    std::sort(p.tags.begin(), p.tags.end(), by_name);
  }
  const auto twice = std::adjacent_find(p.tags.begin(), p.tags.end(), same_name);
  return twice == p.tags.end() ? std::string() : bad_tag(twice->name, "occurs twice");
}

std::string line_parser::parse_fields(line_point& p) {
  const auto start = static_cast<std::size_t>(p.key.data() - line_.data());
  skip_space();
  if (at_ >= line_.size()) return nothing_there("field");
  for (;;) {
    if (auto error = parse_field(p); !error.empty()) return error;
    if (at_any_of(" ")) break;
    ++at_;  // a comma
  }
  p.head = line_.substr(start, at_ - start);
  return {};
}

// Leaves at_ behind the value: at a comma, a space or the end.
std::string line_parser::parse_field(line_point& p) {
  const auto start = at_;
  while (!at_any_of("=, ")) at_ += step();
  const auto written = line_.substr(start, at_ - start);
  if (written.empty()) return "a field has no name: allowed is name=value";
  if (at_ >= line_.size() || line_[at_] != '=') return no_field_of(written);
  const auto name = unescape(written, ",\" =");
  ++at_;
  if (at_ < line_.size() && line_[at_] == '"') return parse_string(name, p);
  const auto end = std::min(line_.find_first_of(", ", at_), line_.size());
  const auto text = line_.substr(at_, end - at_);
  at_ = end;
  const auto parsed = read_plain_value(text);
  if (!parsed) return no_value(written, text, p);
  p.fields.push_back({name, *parsed});
  return {};
}

// As InfluxDB has it: the value ends at a comma or a space outside of quotes, and its text lies
// between the first character and the last, whatever these are.
std::string line_parser::parse_loose_string(std::string_view name, line_point& p) {
  const auto start = at_;
  bool quoted = false;
  for (; at_ < line_.size() && (quoted || !at_any_of(", ")); at_ += step()) {
    if (line_[at_] == '"') quoted = !quoted;
  }
  if (quoted) return fmt::format("field {}: the string is not closed by \"", shown(name));
  at_ = std::min(at_, line_.size());
  p.fields.push_back({name, unescape(line_.substr(start + 1, at_ - start - 2), "\"\\")});
  return {};
}

/// What is wrong with a text that is no value, but for unsigned integers where these are taken.
std::string line_parser::no_value(std::string_view name, std::string_view text,
                                  line_point& p) const {
  const auto value = unsigned_integers_ ? read_unsigned(text) : std::nullopt;
  if (!value) return bad_value(name, text);
  p.fields.push_back({name, *value});
  return {};
}

std::string line_parser::parse_string(std::string_view name, line_point& p) {
  if (strings_ == strings::as_influxdb) return parse_loose_string(name, p);
  const auto start = ++at_;
  while (at_ < line_.size() && line_[at_] != '"') at_ += step();
  if (at_ >= line_.size()) {
    const bool escaped = line_.find("\\\"", start) != npos;
    return fmt::format("field {}: the string is not closed by \"{}", shown(name),
                       escaped ? ": the backslash before a quote makes it part of the string; a "
                                 "backslash at its end is written \\\\"
                               : "");
  }
  p.fields.push_back({name, unescape(line_.substr(start, at_ - start), "\"\\")});
  ++at_;
  if (at_any_of(", ")) return {};
  return fmt::format("field {}: only a comma or a space may follow the string's closing \"",
                     shown(name));
}

std::string line_parser::parse_time(std::int64_t unit, line_point& p) {
  skip_space();
  const auto end = std::min(line_.find(' ', at_), line_.size());
  const auto text = line_.substr(at_, end - at_);
  p.has_time = !text.empty();
  if (const auto more = line_.find_first_not_of(' ', end); more != npos) {
    return fmt::format("nothing may follow the time, got {}", shown(line_.substr(more)));
  }
  if (text.empty()) return {};
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), p.time);
  if (after != text.data() + text.size() || error == std::errc::invalid_argument) {
    return fmt::format("{} is not a time: allowed are whole numbers since 1970", shown(text));
  }
  const bool fits = error == std::errc{} && !__builtin_mul_overflow(p.time, unit, &p.time);
  if (fits && p.time >= first_stored_time && p.time <= last_stored_time) return {};
  return fmt::format("time {} is not within the years 1677 to 2262", text);
}

}  // namespace kapacitor
