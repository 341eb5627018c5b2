#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text/time_text.hpp"
#include "replay/field_map.hpp"

namespace kapacitor::generator {

/// What a file of points is written in.
///
///   csv            a header row names the columns; RFC 4180
///   nab            the CSV of the Numenta Anomaly Benchmark: timestamp,value
///   lines          line protocol
///   influx_export  what influx_inspect export writes: line protocol with a heading
///   recording      Kapacitor's .srpl: three lines for each point, database, retention policy,
///   point
enum class file_format { csv, nab, lines, influx_export, recording };

using file_format_choices = std::span<const choice<std::optional<file_format>>>;
/// "csv", "nab", "line", "export", "srpl"; "auto": nothing, as the content says.
file_format_choices file_formats();
std::string_view to_text(file_format format);

/// What to replay, and how.
struct replay_settings {
  std::string path;
  std::optional<file_format> format;          // empty: by content and name
  time_format time = time_format::automatic;  // as the file has it
  bool skip_bad_lines = false;                // otherwise the first one is an error
  std::optional<std::string> from_database;   // only points of that one, where a file has many
  std::optional<std::string> from_retention_policy;
  std::optional<std::int64_t> from, until;  // ns, as the file has them: [from, until)
  std::string nab_windows;                  // combined_windows.json; empty: no labels

  // CSV only.
  std::optional<std::string> measurement;  // empty: the file's name
  std::optional<std::string> time_column;  // empty: timestamp, time, …; else the first
  std::vector<csv_field> fields;           // empty: every other column
  std::vector<csv_tag> tags;

  double speed = 1;                     // times as fast as it was; 0: as fast as taken
  bool rebase = false;                  // the first point is now, distances are kept
  bool loop = false;                    // again and again, times going on
  std::uint64_t points = 0;             // to make in all; 0: no limit
  std::chrono::nanoseconds duration{};  // of the run at that speed; 0: no limit
};

}  // namespace kapacitor::generator
