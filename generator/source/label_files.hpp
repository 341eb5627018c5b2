#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "source/truth.hpp"

namespace kapacitor::generator {

/// The truth as files.
///
/// FILE.jsonl: a JSON object for each anomaly, when it is over. FILE.csv: a row for each point. The
/// form of NAB: a JSON object of windows by series and field, when the stream is over.
///
/// Errors:  usage_error if a file cannot be made; error() if it cannot be written any more
/// Threads: any
class label_files final : public label_sink {
 public:
  /// Empty: no such file.
  label_files(const std::string& rows, const std::string& nab);
  ~label_files() override;

  void write(const label& l) override;
  bool wants_points() const override { return is_csv_; }
  void point(std::int64_t time, std::string_view series, std::string_view kinds) override;

  /// There will be no more: writes what can only be written then.
  void finish();
  /// After the file was moved away: goes on in a new one.
  void reopen();

  /// Why nothing more is written; empty while all is well.
  std::string error() const;
  std::uint64_t written() const;

 private:
  void put(std::string_view text);
  void flush();

  mutable std::mutex mutex_;
  std::string path_, nab_path_;
  bool is_csv_ = false;
  int file_ = -1;
  std::string buffer_;  // of CSV rows
  std::string error_;
  std::uint64_t written_ = 0;
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> windows_;
};

/// The line that tells of an anomaly in the stream itself, in a measurement of its own. `unit`: of
/// the times in the stream, ns.
std::string line_of(const label& l, const std::string& measurement, std::int64_t unit);

}  // namespace kapacitor::generator
