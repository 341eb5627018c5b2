#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/table/file_format.hpp"
#include "base/table/table_settings.hpp"
#include "base/text/held_text.hpp"

namespace kapacitor::generator {

/// What to replay, and how.
///
/// `time` is that of line protocol as well; `measurement` and what is about columns is for tables.
struct replay_settings : table_settings {
  std::optional<file_format> format;         // empty: by the content
  std::optional<std::string> from_database;  // only points of that one, where a file has many
  std::optional<std::string> from_retention_policy;
  std::optional<std::int64_t> from, until;       // ns, as the file has them: [from, until)
  std::size_t most_unpacked = most_held_text();  // bytes, of a gzip
  std::string nab_windows;                       // combined_windows.json; empty: no labels

  double speed = 1;                     // times as fast as it was; 0: as fast as taken
  bool rebase = false;                  // the first point is now, distances are kept
  bool loop = false;                    // again and again, times going on
  std::uint64_t points = 0;             // to make in all; 0: no limit
  std::chrono::nanoseconds duration{};  // of the run at that speed; 0: no limit
};

}  // namespace kapacitor::generator
