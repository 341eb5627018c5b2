#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signal/anomaly.hpp"

namespace kapacitor::generator {

using tag_list = std::vector<std::pair<std::string, std::string>>;

/// The ground truth: which stretches of the stream were made anomalous, as JSON lines.
///
/// An interval is written when its last point has been generated, and at the end, marked truncated,
/// if that never came. Times are those of the first and the last point in it.
///
/// Errors:  usage_error if the file cannot be made; error() if it cannot be written any more
/// Threads: one at a time
class truth_log {
 public:
  /// One field of one series; its strings must live as long as the log.
  struct subject {
    std::size_t series = 0;
    std::string_view measurement;
    const tag_list* tags = nullptr;
    std::string_view field;
  };

  explicit truth_log(const std::string& path);
  ~truth_log();
  truth_log(const truth_log&) = delete;
  truth_log& operator=(const truth_log&) = delete;

  /// A point within an anomaly was generated.
  void observe(const subject& s, const anomaly& a, const struct tick& t);
  /// Closes what is open.
  void finish();

  /// Why nothing more is written; empty while all is well.
  const std::string& error() const { return error_; }
  std::uint64_t intervals() const { return written_; }

 private:
  struct open_interval {
    subject who;
    anomaly what;
    std::int64_t start = 0, end = 0;  // ns
  };

  void write(const open_interval& i, bool truncated);

  std::string path_;
  int file_ = -1;
  std::string error_;
  std::uint64_t written_ = 0;
  std::map<std::pair<std::size_t, std::string_view>, open_interval> open_;
};

}  // namespace kapacitor::generator
