#include "base/table/file_format.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "base/line/export_headings.hpp"
#include "base/line/line_end.hpp"
#include "base/line/parse.hpp"
#include "base/table/csv_dialect.hpp"
#include "base/table/table_kind.hpp"
#include "base/text/encoding.hpp"

namespace kapacitor {
namespace {

constexpr choice<std::optional<file_format>> formats[] = {{"auto", std::nullopt},
                                                          {"csv", file_format::csv},
                                                          {"nab", file_format::nab},
                                                          {"line", file_format::lines},
                                                          {"export", file_format::influx_export},
                                                          {"srpl", file_format::recording}};

std::string extension_of(const std::string& path) {
  std::filesystem::path name(path);
  if (name.extension() == ".gz") name = name.stem();
  return name.extension().string();
}

bool is_point(std::string_view line) {
  line_parser parser;
  line_point point;
  return parser.parse(line, 1, point).empty();
}

/// The first lines of a text that are neither blank nor comments.
struct first_lines {
  static constexpr std::size_t most = 30;
  std::vector<std::string_view> lines;
  bool has_heading = false;     // of an export
  bool has_annotation = false;  // of InfluxDB 2
};

first_lines first_lines_of(std::string_view text, bool whole) {
  first_lines s;
  for (std::size_t at = 0; at < text.size() && s.lines.size() < first_lines::most;) {
    auto end = end_of_line(text, at);
    // A quote that opens no string of line protocol must not take the rest along.
    if (end == npos) end = text.find('\n', at);
    if (end == npos && !whole) break;
    end = std::min(end, text.size());
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    csv_record cells;
    cells.split(line, ',');
    s.has_annotation = s.has_annotation || (s.lines.empty() && table_annotations().take(cells));
    s.has_heading = s.has_heading || (s.lines.empty() && export_headings::is_one(line));
    if (!is_blank_or_comment(line)) s.lines.push_back(line);
  }
  return s;
}

bool is_recording(const std::vector<std::string_view>& lines) {
  if (lines.size() < 3 || !is_point(lines[2]) || is_point(lines[1])) return false;
  return lines.size() < 6 || is_point(lines[5]);
}

/// "cpu,host=a …": line protocol with something wrong in it.
bool begins_like_a_point(std::string_view line) {
  const auto key = line.substr(0, line.find_first_of(" \t"));
  const auto comma = key.find(','), equals = key.find('=');
  return comma != npos && equals != npos && comma < equals && key.find_first_of("{\"") == npos;
}

bool is_table(std::string_view text) {
  const auto d = detect_dialect(text);
  if (d.begin > byte_order_mark.size()) return true;  // "sep=;"
  std::size_t columns = 0;
  csv_record cells;
  for (auto rest = text.substr(d.begin); !rest.empty();) {
    const auto end = std::min(end_of_record(rest, 0, d.separator), rest.size());
    const auto line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    if (!cells.split(line, d.separator).empty()) return false;
    if (columns != 0) return columns == cells.size();
    columns = cells.size();
    if (columns < 2) return false;
  }
  return columns > 1;
}

std::optional<file_format> by_name(const std::string& path) {
  const auto extension = extension_of(path);
  if (extension == ".csv" || extension == ".tsv") return file_format::csv;
  if (extension == ".srpl") return file_format::recording;
  if (extension == ".lp" || extension == ".line") return file_format::lines;
  return std::nullopt;
}

format_guess guess(std::string_view text, bool whole, const std::string& path) {
  const auto s = first_lines_of(text, whole);
  const auto& lines = s.lines;
  if (s.has_annotation) return {file_format::csv};
  if (s.has_heading) return {file_format::influx_export};
  if (!lines.empty() && trimmed(lines[0]) == "timestamp,value") return {file_format::nab};
  // Refused when its header is read, with a remedy.
  if (!lines.empty() && is_printed_by_the_shell(lines[0])) return {file_format::csv};
  if (!lines.empty() && is_point(lines[0])) return {file_format::lines};
  if (!whole && lines.size() < 3) return {std::nullopt, true};
  if (is_recording(lines)) return {file_format::recording};
  const auto points = static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), is_point));
  if (points * 2 > lines.size()) return {file_format::lines};
  if (points == 0 && !lines.empty() && !begins_like_a_point(lines[0]) && is_table(text))
    return {file_format::csv};
  if (const auto named = by_name(path)) return {named};
  if (points > 0 || (!lines.empty() && begins_like_a_point(lines[0]))) return {file_format::lines};
  const bool commas = !lines.empty() && lines[0].find(',') != npos;
  return {commas ? std::optional(file_format::csv) : std::nullopt};
}

std::string_view content_of(file_format format) {
  switch (format) {
    case file_format::csv:
    case file_format::nab:
      return "a table (CSV)";
    case file_format::lines:
    case file_format::influx_export:
      return "line protocol";
    case file_format::recording:
      return "a recording of Kapacitor's, three lines for each point";
  }
  return {};
}

/// If somebody mixed up two files, this is the only trace of it.
std::string warning_of_name(const std::string& path, file_format found) {
  const auto named = by_name(path);
  if (!named || content_of(*named) == content_of(found)) return {};
  return fmt::format(
      "its name ends in {}, but it holds {}, and is read as that; --format says it "
      "for certain",
      extension_of(path), content_of(found));
}

}  // namespace

file_format_choices file_formats() {
  return formats;
}

std::string_view to_text(file_format format) {
  return name_of(std::optional(format), formats);
}

format_guess guess_format(std::string_view text, bool whole, const std::string& path) {
  text = without_byte_order_mark(text.substr(0, enough_to_guess));
  auto made = guess(text, whole || text.size() >= enough_to_guess, path);
  if (made.format) made.name_warning = warning_of_name(path, *made.format);
  return made;
}

}  // namespace kapacitor
