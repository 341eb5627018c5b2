#include "replay/readers.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/line/point_reader.hpp"
#include "base/text/error.hpp"
#include "replay/series_hash.hpp"

namespace kapacitor::generator {
namespace {

std::size_t count_breaks(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

std::int64_t unit_of(const replay_settings& s) {
  switch (s.time) {
    case time_format::automatic:
    case time_format::ns:
      return 1;
    case time_format::us:
      return 1'000;
    case time_format::ms:
      return 1'000'000;
    case time_format::s:
      return 1'000'000'000;
    case time_format::date:
      break;
  }
  throw usage_error(s.path +
                    ": line protocol has numbers for times: allowed are --time-format ns, "
                    "us, ms, s");
}

/// All points of a text; `place` is called before each.
void add_points(point_reader& reader, const std::function<void()>& place, index_builder& to) {
  using result = point_reader::step;
  for (auto got = reader.next(); got != result::end; got = reader.next()) {
    const auto& point = reader.point();
    if (got == result::invalid) {
      to.bad(reader.line_number(), reader.error());
    } else if (!point.has_time) {
      to.bad(reader.line_number(), "the time is missing: allowed is m,tag=x field=1 TIME");
    } else {
      place();
      to.add(point.time, point.head, series_hash(point.key));
    }
  }
}

/// The headings of an export: comments, and statements that make databases.
class export_headings {
 public:
  explicit export_headings(index_builder& to) : to_(to) {}

  /// Whether the line belongs to them.
  bool take(std::string_view line) {
    line = trimmed(line);
    if (line == "# DDL") statements_ = true;
    if (line == "# DML") statements_ = false;
    if (take_context(line, "# CONTEXT-DATABASE:", database_) ||
        take_context(line, "# CONTEXT-RETENTION-POLICY:", retention_policy_)) {
      moved_ = true;
    }
    return statements_;
  }
  /// Says where the points that follow belong.
  void apply() {
    if (std::exchange(moved_, false)) to_.set_place(database_, retention_policy_);
  }

 private:
  static bool take_context(std::string_view line, std::string_view heading, std::string& name) {
    if (!line.starts_with(heading)) return false;
    name = trimmed(line.substr(heading.size()));
    return true;
  }

  index_builder& to_;
  bool statements_ = false, moved_ = false;
  std::string database_, retention_policy_;
};

std::string split(const text_lines& lines, csv_row& row) {
  auto wrong = why_not_text(lines);
  return wrong.empty() ? std::string(row.split(lines.line())) : wrong;
}

void add_row(const text_lines& lines, csv_row& row, csv_table& table, index_builder& to) {
  csv_table::checked checked;
  auto wrong = split(lines, row);
  if (wrong.empty()) wrong = table.check(row, checked);
  if (!wrong.empty()) return to.bad(lines.number(), wrong);
  if (!checked.has_fields) return to.add_without_fields();
  to.add(checked.time, lines.line(), checked.series);
}

}  // namespace

std::string why_not_text(const text_lines& lines) {
  if (lines.too_long()) return lines.wrong();
  const bool has_nul = lines.line().find('\0') != std::string_view::npos;
  return has_nul ? "NUL bytes are not allowed" : "";
}

void index_lines(std::string_view text, const replay_settings& s, bool headings,
                 index_builder& to) {
  export_headings heads(to);
  point_reader::settings how{text_format::lines, unit_of(s)};
  if (headings) how.skips = [&heads](std::string_view line) { return heads.take(line); };
  point_reader reader(how, text);
  to.reserve(count_breaks(text));
  add_points(
      reader, [&heads] { heads.apply(); }, to);
}

void index_recording(std::string_view text, const replay_settings& s, index_builder& to) {
  point_reader reader({text_format::recording, unit_of(s)}, text);
  to.reserve(count_breaks(text) / 3 + 1);
  add_points(
      reader, [&] { to.set_place(reader.database(), reader.retention_policy()); }, to);
}

csv_table index_csv(std::string_view text, const replay_settings& s, index_builder& to) {
  to.reserve(count_breaks(text));
  text_lines lines(text);
  csv_row row;
  lines.next(end_of_record);
  if (const auto wrong = split(lines, row); !wrong.empty()) {
    throw usage_error(fmt::format("{}:1: {}", s.path, wrong));
  }
  csv_table table(row, s);
  while (lines.next(end_of_record)) {
    if (!lines.line().empty()) add_row(lines, row, table, to);
  }
  return table;
}

}  // namespace kapacitor::generator
