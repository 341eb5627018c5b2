#include <filesystem>

#include <fmt/format.h>

#include "base/line/parse.hpp"
#include "base/line/point_reader.hpp"
#include "base/line/text_lines.hpp"
#include "base/text/error.hpp"
#include "replay/readers.hpp"

namespace kapacitor::generator {
namespace {

std::string extension_of(const std::string& path) {
  std::filesystem::path name(path);
  if (name.extension() == ".gz") name = name.stem();
  return name.extension().string();
}

bool is_export_heading(std::string_view line) {
  return line.starts_with("# INFLUXDB EXPORT") || line == "# DDL" || line == "# DML" ||
         line.starts_with("# CONTEXT-");
}

bool looks_like_point(std::string_view line) {
  line_parser parser;
  line_point point;
  return parser.parse(line, 1, point).empty();
}

}  // namespace

file_format detect_format(std::string_view text, const std::string& path) {
  text_lines lines(text);
  lines.next_plain();
  const auto header = lines.line();
  if (header == "timestamp,value") return file_format::nab;
  const auto extension = extension_of(path);
  if (extension == ".csv") return file_format::csv;
  if (extension == ".srpl") {
    const auto found = detect_text_format(text, true, text_format::recording);
    return found == text_format::lines ? file_format::lines : file_format::recording;
  }
  do {
    if (is_export_heading(lines.line())) return file_format::influx_export;
  } while (is_blank_or_comment(lines.line()) && lines.next_plain());
  if (extension == ".lp" || extension == ".line") return file_format::lines;
  if (const auto wrong = why_not_text(lines); !wrong.empty()) {
    throw usage_error(fmt::format("{}:{}: {}", path, lines.number(), wrong));
  }
  if (looks_like_point(lines.line())) return file_format::lines;
  const bool third = lines.next_plain() && lines.next_plain();
  if (third && looks_like_point(lines.line())) return file_format::recording;
  if (header.find(',') != std::string_view::npos) return file_format::csv;
  throw usage_error(path +
                    ": cannot tell what it is written in: allowed are CSV with a header row, "
                    "line protocol, influx_inspect's export and Kapacitor's .srpl, which "
                    "--format csv, line, export, srpl says");
}

}  // namespace kapacitor::generator
