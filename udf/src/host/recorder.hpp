#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/influxdb/gzip.hpp"
#include "base/line/point_reader.hpp"
#include "base/text/piece_file.hpp"
#include "drive/intake.hpp"
#include "drive/totals.hpp"

namespace kapacitor::udf::host {

struct recorder_settings {
  std::string path;
  text_format format = text_format::recording;
  bool packed = false;                                  // gzip
  std::string database, retention_policy, measurement;  // only these; empty: any
  std::uint64_t points = 0;                             // stop after this number; 0: no limit
};

/// Writes points to a file, to be replayed. The file appears under its name when it is whole; until
/// then, and if it cannot be written to its end, what there is stands in FILE.part, whole points
/// and a whole gzip.
class recorder : public intake {
 public:
  /// Errors: start_error if the file cannot be written
  recorder(const recorder_settings& s, totals& counts);
  ~recorder() override;

  void take(const input_point& p) override;
  bool has_room() const override { return true; }
  void flush() override;
  bool takes_any_bytes() const override { return true; }
  void take_invalid(const input_line& line, std::string_view why) override;

  bool satisfied() const {
    return settings_.points > 0 && counts_.written + ends_.size() >= settings_.points;
  }
  /// Called when it is satisfied, or cannot write any more.
  std::function<void()> on_satisfied;

  /// Completes the file. Returns: empty, or why it is not whole, and what there is
  std::string close();

 private:
  using steady_clock = std::chrono::steady_clock;

  bool passes(const input_point& p) const;
  void write();
  piece_file::taken append();
  void fail(int error);
  std::string keep();

  recorder_settings settings_;
  totals& counts_;
  piece_file file_;
  std::string text_;               // points that are not written yet
  std::vector<std::size_t> ends_;  // in text_, of each of them
  steady_clock::time_point written_at_ = steady_clock::now();
  gzip_writer gzip_;
  std::string failure_;  // why nothing more is written; empty: all is well
};

}  // namespace kapacitor::udf::host
