#pragma once

#include <optional>
#include <string>

#include "base/text/error.hpp"
#include "base/text/logger.hpp"
#include "run/settings.hpp"
#include "run/summary.hpp"
#include "run/worker_pool.hpp"
#include "run/workload.hpp"

namespace kapacitor::generator {

/// What a run has come to: its summary, for people and as JSON, and its exit code.
///
/// Errors:  usage_error from the constructor if --summary cannot be written
/// Threads: one at a time
class run_report {
 public:
  run_report(const settings& s, const workload& what, worker_pool& workers, logger& out);

  void began(steady_time at) { began_ = at; }
  bool has_begun() const { return began_ != steady_time{}; }
  /// The run ends early; what came first counts.
  void ended(const run_ended& why) {
    if (!ended_) ended_ = why;
  }
  /// The run is forced to end, whatever came before.
  void forced(const run_ended& why) { ended_ = why; }

  summary so_far();
  /// Prints the summary and writes it where it is wanted. REQUIRES: no worker runs
  ///
  /// Returns: the exit code
  int conclude();

 private:
  int exit_code(const tally& t) const;
  std::string truth_error() const;
  /// Returns: whether it could be written.
  bool write(const summary& s);

  const settings& settings_;
  const workload& workload_;
  worker_pool& workers_;
  logger& console_;
  steady_time began_{};
  std::optional<run_ended> ended_;  // early, and why
};

}  // namespace kapacitor::generator
