#include "host/report.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "connect/log.hpp"

namespace kapacitor::udf::host {
namespace {

int exit_code(const totals& counts, const outcome& how) {
  if (how.exit_code != 0) return how.exit_code;
  if (how.rule == "connect" || how.rule == "edge-mismatch" || how.rule.starts_with("option-")) {
    return 2;
  }
  const auto missing = counts.lost_points() + counts.refused + counts.snapshots_failed;
  return how.error.empty() && missing == 0 ? 0 : 1;
}

}  // namespace

int report(const report_settings& s, const totals& counts, outcome how) {
  how.exit_code = exit_code(counts, how);
  // What did not even start has said why in its one line.
  if (how.exit_code != 2) std::fputs(summary_text(counts, how).c_str(), stderr);
  if (s.summary_file.empty()) return how.exit_code;
  const auto why = write_summary(s.summary_file, counts, how);
  if (why.empty()) return how.exit_code;
  log().log(log_level::error,
            log_line("cannot write the --summary").add("file", s.summary_file).add("error", why));
  return std::max(how.exit_code, 1);
}

}  // namespace kapacitor::udf::host
