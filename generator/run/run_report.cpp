#include "run/run_report.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "sink/file_target.hpp"

namespace kapacitor::generator {

run_report::run_report(const settings& s, const workload& what, worker_pool& workers, logger& out)
    : settings_(s), workload_(what), workers_(workers), console_(out) {
  if (s.report.empty() || s.report == "-") return;
  require_folder("--summary", s.report);
  if (!std::ofstream(s.report)) throw usage_error("--summary: cannot write " + s.report);
}

int run_report::exit_code(const tally& t) const {
  if (ended_ && ended_->code() != kapacitor::exit_code::success) {
    return static_cast<int>(ended_->code());
  }
  int worst = 0;
  for (const auto& leg : t.legs) {
    const auto& p = leg.points;
    // A reader that leaves has what it wanted.
    if (p.by_status.contains(target::reader_gone)) continue;
    if (p.unsent > 0) worst = std::max(worst, leg.failing && settings_.has_server() ? 3 : 1);
    if (p.rejected + p.dropped > 0) worst = std::max(worst, 1);
  }
  return truth_error().empty() ? worst : std::max(worst, 1);
}

/// While workers run, the labels are theirs.
std::string run_report::truth_error() const {
  return workers_.running() == 0 ? workload_.error() : "";
}

summary run_report::so_far() {
  summary s;
  s.counted = workers_.totals();
  if (workers_.started()) s.elapsed = std::chrono::steady_clock::now() - began_;
  if (workers_.running() == 0) s.labels = workload_.labels();
  s.connections = settings_.connections;
  s.threads = settings_.threads;
  s.exit_code = exit_code(s.counted);
  s.error = ended_ ? ended_->what() : truth_error();
  s.seed = workload_.seed();
  s.scenario = settings_.what == command::replay ? settings_.operand : settings_.scenario;
  if (settings_.to == destination::udp) {
    s.remark = "accepted means handed to the kernel: nobody tells whether a datagram arrives";
  }
  return s;
}

int run_report::conclude() {
  const auto s = so_far();
  // The error that ends the program is worded as in all programs, so that it reads the same.
  if (!s.error.empty()) {
    console_.log(s.exit_code == 0 ? log_level::info : log_level::error, s.error);
  }
  if (workers_.started() && !settings_.quiet) console_.print(to_text(s));
  return write(s) ? s.exit_code : std::max(s.exit_code, 1);
}

bool run_report::write(const summary& s) {
  if (settings_.report == "-") std::cout << to_json(s) << '\n' << std::flush;
  if (settings_.report.empty() || settings_.report == "-") return true;
  const auto why = replace_file(settings_.report, to_json(s) + '\n');
  if (why.empty()) return true;
  console_.log(
      log_level::error,
      log_line("cannot write the --summary").add("file", settings_.report).add("error", why));
  return false;
}

}  // namespace kapacitor::generator
