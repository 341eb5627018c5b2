#include "base/line/point_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text/utf8.hpp"

namespace kapacitor {

namespace {

bool is_point(std::string_view line) {
  line_parser parser;
  line_point point;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return parser.parse(line, 1, point).empty();
}

/// The first few lines of a text, those that have their end.
std::vector<std::string_view> first_lines(std::string_view text, bool whole) {
  constexpr std::size_t enough = 6;  // two points of a recording
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < enough) {
    const auto end = text.find('\n');
    if (end == npos && !whole) break;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == npos ? text.size() : end + 1);
  }
  return lines;
}

/// Whether there is a point in each third line, and in no other.
bool are_recorded(const std::vector<std::string_view>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_point(lines[i]) != (i % 3 == 2)) return false;
  }
  return lines.size() >= 3 && lines.size() % 3 == 0;
}

}  // namespace

std::optional<text_format> detect_text_format(std::string_view beginning, bool whole,
                                              text_format by_name) {
  constexpr std::size_t far = std::size_t{1} << 16U;  // bytes
  auto lines = first_lines(beginning, whole || beginning.size() > far);
  const bool recording = by_name == text_format::recording;
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank_or_comment);
  const bool points = first != lines.end() && is_point(*first);
  // Database and retention policy may be empty lines.
  const bool nameless =
      first - lines.begin() == 2 && lines[0].find('#') == npos && lines[1].find('#') == npos;
  if (points && !(recording && nameless)) return text_format::lines;
  if (recording && lines.size() >= 3) return by_name;
  const bool all = whole || beginning.size() > far || lines.size() == 6;
  if (!all) return std::nullopt;
  return are_recorded(lines) ? text_format::recording : by_name;
}

std::string why_no_udf_takes(std::string_view line) {
  const auto at = first_not_utf8(line);
  if (at == npos) return {};
  return fmt::format(
      "byte 0x{:02x} at column {} is no UTF-8: InfluxDB stores it, but Kapacitor ends a task with "
      "a "
      "UDF at such a point",
      static_cast<unsigned char>(line[at]), at + 1);
}

point_reader::step point_reader::next() {
  if (settings_.format == text_format::recording) return next_recorded();
  while (lines_.next()) {
    const auto line = lines_.line();
    if (settings_.skips && settings_.skips(line)) continue;
    if (!is_blank_or_comment(line)) return read_point();
  }
  return lines_.finished() ? step::end : step::more;
}

// Database and retention policy are plain lines; a point may hold line breaks.
bool point_reader::read_heading() {
  for (; heading_ < 2; ++heading_) {
    if (!lines_.next_plain()) return false;
    (heading_ == 0 ? database_ : retention_policy_) = lines_.line();
  }
  return true;
}

point_reader::step point_reader::next_recorded() {
  if (read_heading() && lines_.next()) {
    heading_ = 0;
    return read_point();
  }
  if (!lines_.finished()) return step::more;
  if (std::exchange(heading_, 0) == 0) return step::end;
  return invalid(
      "the recording ends within a point: allowed are three lines for each, database, retention "
      "policy, line protocol");
}

point_reader::step point_reader::read_point() {
  if (lines_.too_long()) return invalid(lines_.wrong());
  error_ = parser_.parse(lines_.line(), settings_.unit, point_);
  if (error_.empty() && settings_.utf8) error_ = why_no_udf_takes(lines_.line());
  return error_.empty() ? step::point : step::invalid;
}

point_reader::step point_reader::invalid(std::string why) {
  error_ = std::move(why);
  return step::invalid;
}

}  // namespace kapacitor
