#include "host/write_request.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/influxdb/url.hpp"
#include "base/line/line_end.hpp"
#include "base/line/point_reader.hpp"

namespace kapacitor::udf::host {

write_request::write_request(std::string body, std::string_view query,
                             std::string_view default_policy)
    : body_(std::move(body)),
      database_(parameter(query, "db")),
      retention_policy_(parameter(query, "rp")) {
  if (retention_policy_.empty()) retention_policy_ = default_policy;
  const auto precision = parameter(query, "precision");
  const auto unit = unit_of_precision(precision);
  unit_ = unit.value_or(1);
  now_ = wall_time(unit_);
  if (!unit) error_ = fmt::format("invalid precision \"{}\" (use n, u, ms, s, m or h)", precision);
  if (error_.empty()) check();
  if (error_.empty() && database_.empty()) error_ = "database is required";
}

bool write_request::next_line() {
  const std::string_view text = body_;
  while (at_ < text.size()) {
    const auto end = std::min(end_of_line(text, at_), text.size());
    line_ = text.substr(at_, end - at_);
    number_ += breaks_;
    breaks_ = 1 + static_cast<std::uint64_t>(std::count(line_.begin(), line_.end(), '\n'));
    at_ = end + 1;
    if (!is_blank_or_comment(line_)) return true;
  }
  return false;
}

void write_request::check() {
  constexpr int most_errors = 10;
  constexpr std::size_t max_quoted = 200;
  int errors = 0;
  for (; next_line(); ++points_) {
    const auto wrong = parser_.parse(line_, unit_, parsed_);
    if (wrong.empty() || ++errors > most_errors) continue;
    if (!error_.empty()) error_ += '\n';
    error_ += fmt::format("unable to parse '{}': {}", line_.substr(0, max_quoted), wrong);
  }
  if (errors > most_errors) error_ += fmt::format("\nand {} more", errors - most_errors);
  at_ = number_ = 0;
  breaks_ = 1;
  line_ = {};
}

bool write_request::hand_over(intake& to) {
  for (;;) {
    if (!to.has_room()) return false;
    if (!next_line()) return true;
    if (const auto why = to.takes_any_bytes() ? "" : why_no_udf_takes(line_); !why.empty()) {
      to.take_invalid({"request", number_, line_}, why);
      continue;
    }
    parser_.parse(line_, unit_, parsed_);
    auto& point = points_made_.make(parsed_, now_);
    point.database = database_;
    point.retention_policy = retention_policy_;
    to.take(point);
  }
}

}  // namespace kapacitor::udf::host
