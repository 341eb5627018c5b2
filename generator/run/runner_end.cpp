#include <algorithm>
#include <fstream>
#include <iostream>

#include "run/runner.hpp"

namespace kapacitor::generator {

int runner::exit_code(const tally& t) const {
  if (ended_ && ended_->code() != 0) return ended_->code();
  int worst = 0;
  for (const auto& leg : t.legs) {
    const auto& p = leg.points;
    // A reader that leaves has what it wanted.
    if (p.by_status.contains(target::reader_gone)) continue;
    if (p.unsent > 0) worst = std::max(worst, leg.failing ? 3 : 1);
    if (p.rejected + p.dropped > 0) worst = std::max(worst, 1);
  }
  return truth_error().empty() ? worst : std::max(worst, 1);
}

/// While workers run, the labels are theirs.
std::string runner::truth_error() const {
  return running_ == 0 ? workload_->error() : "";
}

summary runner::make_summary() {
  summary s;
  s.counted = so_far();
  if (!workers_.empty()) s.elapsed = std::chrono::steady_clock::now() - began_.steady;
  if (running_ == 0) s.labels = workload_->labels();
  s.connections = settings_.connections;
  s.threads = settings_.threads;
  s.exit_code = exit_code(s.counted);
  s.error = ended_ ? ended_->what() : truth_error();
  s.seed = workload_->seed();
  s.scenario = settings_.what == command::replay ? settings_.operand : settings_.scenario;
  if (settings_.to == destination::udp) {
    s.remark = "accepted means handed to the kernel: nobody tells whether a datagram arrives";
  }
  return s;
}

int runner::conclude() {
  for (auto& w : workers_) {
    w->abort();
    w->join();
  }
  ended_workers_.assign(workers_.size(), true);
  running_ = 0;
  workload_->finish();
  const auto s = make_summary();
  if (!s.error.empty()) {
    console_.log(s.exit_code == 0 ? log_level::info : log_level::error, s.error);
  }
  if (!workers_.empty() && !settings_.quiet) console_.print(to_text(s));
  return write_report(s) ? s.exit_code : std::max(s.exit_code, 1);
}

bool runner::write_report(const summary& s) {
  if (settings_.report == "-") std::cout << to_json(s) << std::endl;
  if (settings_.report.empty() || settings_.report == "-") return true;
  std::ofstream file(settings_.report);
  if (file << to_json(s) << '\n' << std::flush) return true;
  console_.log(log_level::error, "--summary: cannot write " + settings_.report);
  return false;
}

}  // namespace kapacitor::generator
