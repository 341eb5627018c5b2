#include "replay/line_scan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace kapacitor::generator {
namespace {

bool is_value(std::string_view text) {
  if (text.ends_with('i')) return is_integer(text.substr(0, text.size() - 1));
  return is_float(text) || is_boolean(text);
}

class scanner {
 public:
  scanner(std::string_view line, time_format time) : line_(line), format_(time) {}

  std::string scan(line_parts& parts) {
    if (auto wrong = key(); !wrong.empty()) return wrong;
    parts.key = line_.substr(0, at_);
    skip_spaces();
    do {
      if (auto wrong = field(); !wrong.empty()) return wrong;
    } while (take(','));
    parts.head = line_.substr(0, at_);
    return time(parts.time);
  }

 private:
  std::string key();
  std::string tag();
  std::string field();
  std::string value(std::string_view name);
  std::string time(std::int64_t& ns);

  bool take(char c) {
    if (at_ >= line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_spaces() {
    while (take(' ')) {
    }
  }
  /// What follows a backslash is no stop, whatever stands before the backslash.
  std::string_view take_until(std::string_view stops) {
    const auto start = at_;
    for (; at_ < line_.size(); ++at_) {
      const bool escaped = at_ > 0 && line_[at_ - 1] == '\\';
      if (!escaped && stops.find(line_[at_]) != std::string_view::npos) break;
    }
    return line_.substr(start, at_ - start);
  }

  std::string_view line_;
  time_format format_;
  std::size_t at_ = 0;
  std::array<std::string_view, 32> tags_{};  // names seen, to find doubles; more are not looked at
  std::size_t tag_count_ = 0;
};

std::string scanner::key() {
  if (take_until(", ").empty())
    return "the measurement is missing: allowed is m,tag=x field=1 TIME";
  while (take(',')) {
    if (auto wrong = tag(); !wrong.empty()) return wrong;
  }
  const auto written = line_.substr(0, at_);
  if (written.size() > longest_key) {
    return fmt::format("measurement and tags take {} bytes: allowed are {}", written.size(),
                       longest_key);
  }
  if (written.find('\n') != std::string_view::npos)
    return "a line break is allowed in strings only";
  return {};
}

std::string scanner::tag() {
  const auto name = take_until("=, ");
  if (name.empty() || !take('=')) {
    return fmt::format("tag {} has no name or no value: allowed is name=value", shown(name));
  }
  const auto text = take_until(",= ");
  if (text.empty()) return fmt::format("tag {} has no value: allowed is name=value", shown(name));
  if (at_ < line_.size() && line_[at_] == '=') {
    return fmt::format("tag {}: in a value = is allowed as \\= only", shown(name));
  }
  const auto* const end = tags_.data() + tag_count_;
  if (std::find<const std::string_view*>(tags_.data(), end, name) != end) {
    return fmt::format("tag {} comes twice: allowed is once", shown(name));
  }
  if (tag_count_ < tags_.size()) tags_[tag_count_++] = name;
  return {};
}

std::string scanner::field() {
  const auto name = take_until("=, ");
  if (name.empty()) return "there is no field: allowed is m,tag=x field=1 TIME";
  if (!take('=')) {
    return fmt::format("field {} has no value: allowed is name=value", shown(name));
  }
  return value(name);
}

std::string scanner::value(std::string_view name) {
  const auto start = at_;
  if (!take('"')) {
    const auto text = take_until(", ");
    if (is_value(text)) return {};
    return fmt::format("field {}: {} is no value: allowed are 1.5, 1i, true, \"text\"", shown(name),
                       shown(text));
  }
  while (at_ < line_.size() && line_[at_] != '"') at_ += line_[at_] == '\\' ? 2U : 1U;
  if (at_ >= line_.size()) {
    at_ = start;
    return fmt::format("field {}: the string is not closed by \"", shown(name));
  }
  ++at_;
  if (at_ == line_.size() || line_[at_] == ' ' || line_[at_] == ',') return {};
  return fmt::format("field {}: after the string only a comma or a space is allowed", shown(name));
}

std::string scanner::time(std::int64_t& ns) {
  skip_spaces();
  const auto text = line_.substr(at_);
  if (text.empty()) return "the time is missing: allowed is m,tag=x field=1 TIME";
  const auto read =
      text.find('.') == std::string_view::npos ? read_time(text, format_) : std::nullopt;
  if (!read) {
    return fmt::format(
        "{} is no time: allowed are whole numbers since 1970, from the year 1677 to "
        "2262 in the precision of the file",
        shown(text));
  }
  ns = *read;
  return {};
}

}  // namespace

std::string scan_line(std::string_view line, time_format time, line_parts& parts) {
  if (line.find('\0') != std::string_view::npos) return "a NUL byte is not allowed";
  if (line.starts_with('#')) return "a comment stands for a point: allowed is m,tag=x field=1 TIME";
  if (time == time_format::automatic) time = time_format::ns;
  return scanner(line, time).scan(parts);
}

bool is_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc{} && end == last;
}

bool is_float(std::string_view text) {
  // from_chars knows nan and infinity as well.
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
  double number = 0;
  const auto* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  return error == std::errc{} && end == last;
}

bool is_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 10> words{"t", "T", "true",  "True",  "TRUE",
                                                   "f", "F", "false", "False", "FALSE"};
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result = "'";
  for (const char c : text.substr(0, longest)) {
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return result + (text.size() > longest ? "…'" : "'");
}

}  // namespace kapacitor::generator
