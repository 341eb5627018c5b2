#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/text/piece_file.hpp"
#include "source/truth.hpp"

namespace kapacitor::generator {

/// The truth as files.
///
/// FILE.jsonl: a JSON object for each anomaly, when it is over. FILE.csv: a row for each point. The
/// form of NAB: a JSON object of windows by series and field, when the stream is over.
///
/// A row that cannot be written is counted, and the next one is tried again.
///
/// Errors:  usage_error if a file cannot be made; error() if it lacks rows
/// Threads: any
class label_files final : public label_sink {
 public:
  /// Empty: no such file.
  label_files(const std::string& rows, const std::string& nab);
  void write(const label& l) override;
  bool wants_points() const override { return is_csv_; }
  void point(std::int64_t time, std::string_view series, std::string_view kinds) override;

  /// There will be no more: writes what can only be written then.
  void finish();
  /// After the file was moved away: goes on in a new one.
  void reopen();

  /// Why rows are missing, and how many; empty while all is well.
  std::string error() const;
  /// Anomalies that are told of.
  std::uint64_t written() const;

 private:
  bool put(std::string_view text, std::uint64_t rows);
  void open();
  void flush();

  mutable std::mutex mutex_;
  std::string path_, nab_path_;
  bool is_csv_ = false;
  piece_file file_;
  std::string buffer_;               // of CSV rows
  std::uint64_t buffered_rows_ = 0;  // in buffer_
  std::string error_;                // the first
  std::uint64_t written_ = 0, missing_ = 0;
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> windows_;
};

/// The line that tells of an anomaly in the stream itself, in a measurement of its own. `unit`: of
/// the times in the stream, ns.
std::string line_of(const label& l, const std::string& measurement, std::int64_t unit);

}  // namespace kapacitor::generator
