#include "replay/readers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/line/line_end.hpp"
#include "base/text/error.hpp"
#include "replay/line_scan.hpp"
#include "replay/series_hash.hpp"
#include "replay/text_lines.hpp"

namespace kapacitor::generator {
namespace {

std::size_t count_breaks(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

void add_point(const text_lines& lines, time_format time, index_builder& to) {
  line_parts parts;
  auto wrong = lines.wrong();
  if (wrong.empty()) wrong = scan_line(trimmed(lines.line()), time, parts);
  if (!wrong.empty()) return to.bad(lines.number(), wrong);
  to.add(parts.time, parts.head, series_hash(parts.key));
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
  auto wrong = lines.wrong();
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

time_format require_number(const replay_settings& s) {
  if (s.time != time_format::date) return s.time;
  throw usage_error(s.path +
                    ": line protocol has numbers for times: allowed are --time-format ns, "
                    "us, ms, s");
}

}  // namespace

void index_lines(std::string_view text, const replay_settings& s, bool headings,
                 index_builder& to) {
  const auto time = require_number(s);
  to.reserve(count_breaks(text));
  export_headings heads(to);
  for (text_lines lines(text); lines.next(end_of_line);) {
    if (headings && heads.take(lines.line())) continue;
    if (is_blank_or_comment(lines.line())) continue;
    heads.apply();
    add_point(lines, time, to);
  }
}

void index_recording(std::string_view text, const replay_settings& s, index_builder& to) {
  const auto time = require_number(s);
  to.reserve(count_breaks(text) / 3 + 1);
  text_lines lines(text);
  while (lines.next(end_of_plain_line)) {
    const auto database = lines.line();
    const bool named = lines.next(end_of_plain_line);
    const auto retention_policy = lines.line();
    if (!named || !lines.next(end_of_line)) {
      return to.bad(lines.number(),
                    "the recording ends within a point: allowed are three lines for "
                    "each, database, retention policy, line protocol");
    }
    to.set_place(database, retention_policy);
    add_point(lines, time, to);
  }
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
