#include "host/text_points.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kapacitor::udf::host {
namespace {

std::int64_t now(std::int64_t multiplier) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
  return ns - ns % multiplier;
}

}  // namespace

void text_points::feed(std::string_view text) {
  text_.erase(0, at_);
  at_ = 0;
  text_ += text;
}

// Of a recording, database and retention policy are plain lines; a point may hold line breaks.
bool text_points::next_line(bool quoted) {
  const std::string_view text = text_;
  auto end = quoted ? end_of_line(text, at_) : text.find('\n', at_);
  const bool last = end == std::string_view::npos;
  if (last && (!finished_ || at_ >= text.size())) return false;
  if (last) end = text.size();
  line_ = text.substr(at_, end - at_);
  at_ = std::min(end + 1, text.size());
  number_ += lines_before_ + 1;
  lines_before_ = static_cast<std::uint64_t>(std::count(line_.begin(), line_.end(), '\n'));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  return true;
}

bool text_points::read_heading() {
  while (heading_ < 2) {
    if (!next_line(false)) return false;
    (heading_ == 0 ? database_ : retention_policy_) = line_;
    ++heading_;
  }
  return true;
}

text_points::step text_points::next() {
  const auto dry = finished_ ? step::end : step::more;
  if (settings_.format == text_format::recording) {
    const bool whole = read_heading() && next_line(true);
    if (!whole && finished_ && std::exchange(heading_, 0) != 0) {
      error_ = "the recording ends in the middle of a point (database, retention policy, line)";
      return step::invalid;
    }
    if (!whole) return dry;
    heading_ = 0;
    return read_point();
  }
  do {
    if (!next_line(true)) return dry;
  } while (is_blank_or_comment(line_));
  return read_point();
}

text_points::step text_points::read_point() {
  error_ = parser_.parse(line_, settings_.multiplier, parsed_);
  if (!error_.empty()) return step::invalid;
  const bool recording = settings_.format == text_format::recording;
  point_.time = parsed_.has_time ? parsed_.time : now(settings_.multiplier);
  point_.name = parsed_.name;
  point_.database = recording ? database_ : settings_.database;
  point_.retention_policy = recording ? retention_policy_ : settings_.retention_policy;
  point_.tags = parsed_.tags;
  point_.fields = parsed_.fields;
  return step::point;
}

}  // namespace kapacitor::udf::host
