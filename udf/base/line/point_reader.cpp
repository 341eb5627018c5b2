#include "base/line/point_reader.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text/encoding.hpp"

namespace kapacitor {

std::string why_no_udf_takes(std::string_view line) {
  const auto at = first_invalid_utf8(line);
  if (at == line.size()) return {};
  return fmt::format(
      "byte 0x{:02x} at column {} is no UTF-8: InfluxDB stores it, but Kapacitor ends a task with "
      "a "
      "UDF at such a point",
      static_cast<unsigned char>(line[at]), at + 1);
}

point_reader::step point_reader::next() {
  if (settings_.format == text_format::recording) return next_recorded();
  while (lines_.next()) {
    const auto text = line();
    if (settings_.skips && settings_.skips(text)) continue;
    // Blank or not: gigabytes without a line break are no file of points.
    if (lines_.too_long() || !is_blank_or_comment(text)) return read_point();
  }
  return lines_.finished() ? step::end : step::more;
}

// Database and retention policy are plain lines; a point may hold line breaks.
bool point_reader::read_heading() {
  for (; heading_ < 2; ++heading_) {
    if (!lines_.next_plain()) return false;
    (heading_ == 0 ? database_ : retention_policy_) = line();
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
  error_ = parser_.parse(line(), settings_.unit, point_);
  if (!error_.empty() && line().find('\r') != npos) {
    error_ += "; the line holds a carriage return, but only LF and CR LF end lines";
  }
  if (error_.empty() && settings_.utf8) error_ = why_no_udf_takes(line());
  return error_.empty() ? step::point : step::invalid;
}

std::string_view point_reader::line() const {
  return settings_.is_file ? without_byte_order_mark(lines_.line()) : lines_.line();
}

point_reader::step point_reader::invalid(std::string why) {
  error_ = std::move(why);
  return step::invalid;
}

}  // namespace kapacitor
