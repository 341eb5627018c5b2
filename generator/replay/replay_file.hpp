#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/table/point_table.hpp"
#include "replay/file_bytes.hpp"
#include "replay/index.hpp"
#include "replay/nab_windows.hpp"
#include "replay/settings.hpp"

namespace kapacitor::generator {

/// A window of a file in points. Times in ns, as the file has them.
struct replay_window {
  std::int64_t start = 0, end = 0;
  std::size_t first = 0, last = 0;  // of its points, both within it
  bool cut = false;                 // --until ends before its last point
};

/// A file of points, read and checked once, in the order of time.
///
/// Errors:  usage_error from the constructor: for the file, for its first bad line, for settings
///          that do not go with it
/// Threads: any, once constructed
/// Cost:    24 bytes for each point beside the mapped (or unpacked) file
class replay_file {
 public:
  explicit replay_file(const replay_settings& s);

  /// Of all points, whatever `from` and `until` say.
  const replay_description& description() const { return description_; }
  /// Those from `from` to `until`, by time, then by their place in the file; one at least.
  std::span<const index_entry> points() const { return points_; }
  /// NAB's windows that have points, by their last one.
  const std::vector<replay_window>& windows() const { return windows_; }
  /// What labels call the file, its measurement and field; empty without windows.
  const std::string& label_file() const { return label_file_; }
  const std::string& measurement() const { return measurement_; }
  const std::string& field() const { return field_; }

  /// The bytes that write() may take.
  std::size_t most(const index_entry& e) const { return table_ ? table_->most(part(e)) : e.length; }
  /// Writes the point in line protocol without its time; returns one past the last character.
  /// Errors: run_ended if the file was shortened since it was opened
  char* write(const index_entry& e, csv_record& memory, char* out) const;

 private:
  void open(const replay_settings& s);
  void read(const replay_settings& s);
  std::string shortened() const;
  void cut(const replay_settings& s);
  void find_windows(const replay_settings& s);
  std::size_t place(std::int64_t time) const;
  std::string_view part(const index_entry& e) const { return text_.substr(e.offset, e.length); }

  replay_settings settings_;
  file_bytes bytes_;
  std::string_view text_;
  std::vector<index_entry> index_;
  std::span<const index_entry> points_;
  std::optional<point_table> table_;
  replay_description description_;
  std::vector<replay_window> windows_;
  std::string label_file_, measurement_, field_;
};

}  // namespace kapacitor::generator
