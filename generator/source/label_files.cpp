#include "source/label_files.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/line/escape.hpp"
#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "scenario/series.hpp"

namespace kapacitor::generator {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t much = std::size_t{1} << 16;  // of CSV, to be written at once

std::string text_of(const json& j, int indent = -1) {
  return j.dump(indent, ' ', false, json::error_handler_t::replace);
}

json row_of(const label& l) {
  json row{{"id", l.id}, {"measurement", l.measurement}};
  row["tags"] = json::object();
  for (const auto& [name, value] : l.tags) row["tags"][name] = value;
  if (!l.field.empty()) row["field"] = l.field;
  row["kind"] = l.kind;
  row["start_ns"] = l.start;
  row["end_ns"] = l.end;
  row["magnitude"] = l.magnitude;
  if (l.delay.count() > 0) row["delay_ns"] = l.delay.count();
  if (l.truncated) row["truncated"] = true;
  return row;
}

/// "2014-02-19 10:50:00.000000", as NAB has it.
std::string nab_time(std::int64_t ns) {
  auto seconds = ns / 1'000'000'000;
  auto micros = ns % 1'000'000'000 / 1000;
  if (micros < 0) {
    micros += 1'000'000;
    --seconds;
  }
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06}", fmt::gmtime(static_cast<std::time_t>(seconds)),
                     micros);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

}  // namespace

label_files::label_files(const std::string& rows, const std::string& nab)
    : path_(rows), nab_path_(nab), is_csv_(rows.ends_with(".csv")) {
  require_folder("--labels-nab", nab);
  if (!nab.empty() && !std::ofstream(nab)) throw usage_error("--labels-nab: cannot write " + nab);
  if (rows.empty()) return;
  open();
  if (!error_.empty()) throw usage_error(error_);
}

void label_files::open() {
  file_ = piece_file(path_, piece_file::begin::empty);
  if (!file_.is_open() && error_.empty()) {
    error_ = "--labels: cannot write " + path_ + ": " + why_not_written(path_, errno);
  }
  if (is_csv_) buffer_ = "time,series,is_anomaly,kinds\n";
}

/// Returns: false if the rows are missing in the file.
bool label_files::put(std::string_view text, std::uint64_t rows) {
  if (path_.empty() || text.empty()) return true;
  // One write for each row: who follows the file sees whole lines, as they happen.
  const int error = file_.is_open() ? file_.append(text) : EBADF;
  if (error == 0) return true;
  missing_ += rows;
  if (error_.empty()) error_ = "--labels: cannot write " + path_ + ": " + std::strerror(error);
  return false;
}

void label_files::flush() {
  put(buffer_, std::exchange(buffered_rows_, 0));
  buffer_.clear();
}

void label_files::write(const label& l) {
  const std::lock_guard lock(mutex_);
  const bool written = is_csv_ || put(text_of(row_of(l)) + '\n', 1);
  written_ += written ? 1U : 0U;
  if (nab_path_.empty()) return;
  const auto series = head_of(l.measurement, l.tags) + (l.field.empty() ? "" : " " + l.field);
  windows_[series].emplace_back(l.start, l.end);
}

void label_files::point(std::int64_t time, std::string_view series, std::string_view kinds) {
  const std::lock_guard lock(mutex_);
  buffer_ += fmt::format("{},{},{},{}\n", time, quoted(series), kinds.empty() ? 0 : 1, kinds);
  ++buffered_rows_;
  if (buffer_.size() >= much) flush();
}

void label_files::finish() {
  const std::lock_guard lock(mutex_);
  flush();
  if (nab_path_.empty()) return;
  json all = json::object();
  for (auto& [series, windows] : windows_) {
    std::sort(windows.begin(), windows.end());
    all[series] = json::array();
    for (const auto& [start, end] : windows) {
      all[series].push_back({nab_time(start), nab_time(end)});
    }
  }
  const auto why = replace_file(nab_path_, text_of(all, 4) + '\n');
  if (!why.empty()) error_ = "--labels-nab: cannot write " + nab_path_ + ": " + why;
}

void label_files::reopen() {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return;
  flush();
  open();
}

std::string label_files::error() const {
  const std::lock_guard lock(mutex_);
  return missing_ == 0 ? error_ : fmt::format("{} ({} rows are missing)", error_, missing_);
}

std::uint64_t label_files::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

std::string line_of(const label& l, const std::string& measurement, std::int64_t unit) {
  tag_list tags = l.tags;
  tags.emplace_back("anomaly", l.kind);
  tags.emplace_back("of", l.field.empty() ? l.measurement : l.measurement + "." + l.field);
  std::stable_sort(tags.begin(), tags.end());
  return fmt::format("{} start={}i,end={}i,magnitude={},truncated={} {}\n",
                     head_of(measurement, tags), l.start, l.end, l.magnitude, l.truncated,
                     l.end / unit);
}

}  // namespace kapacitor::generator
