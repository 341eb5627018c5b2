#include "bench/bench.hpp"

#include <signal.h>

#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "connect/log.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host::bench {
namespace {

/// Refuses all that Kapacitor would refuse when the task is defined.
void check(const target& to, const bench_settings& s) {
  if (!to.speaks()) return;
  const auto info = ask_info(to, s.setup.patience);
  validate_options(info, s.setup.options);
  const auto given = s.shape.batch > 0 ? edge::batch : edge::stream;
  if (info.wants == given) return;
  throw usage_error(given == edge::batch
                        ? fmt::format("--batch-points: {} wants single points", to.name)
                        : fmt::format("{} wants batches: use --batch-points N", to.name));
}

void run_round(const target& to, const bench_settings& s, target_report& r) {
  if (to.speaks()) r.start.push_back(run_start(to, s.setup.patience));
  if (s.full_speed) {
    r.full_speed.push_back(
        run_full_speed(to, s.setup, {s.shape, s.connections, s.split_writes, s.duration}));
  }
  for (std::size_t i = 0; i < s.rates.size(); ++i) {
    r.paced[i].push_back(run_paced(to, s.setup, {s.shape, s.connections, s.rates[i], s.duration}));
  }
  if (s.snapshots && to.speaks()) {
    r.snapshots.push_back(run_snapshots(to, s.setup, s.shape, std::chrono::milliseconds(50)));
  }
}

/// The error must name the target.
template <class Work>
void on_behalf_of(const target& to, Work work) {
  try {
    work();
  } catch (const rule_violation& why) {
    throw rule_violation(why.rule(), fmt::format("{}: {}", to.name, why.what()));
  }
}

void write_json(const bench_settings& s, const std::vector<target_report>& all) {
  std::ofstream out(s.json_file, std::ios::binary);
  out << report_json(s, all) << '\n';
  if (!out.flush()) throw start_error(fmt::format("--json: cannot write {}", s.json_file));
}

}  // namespace

int run_bench(const bench_settings& s) {
  ::signal(SIGPIPE, SIG_IGN);
  std::vector<target_report> all;
  for (const auto& to : s.targets) {
    on_behalf_of(to, [&] { check(to, s); });
    all.push_back({});
    all.back().of = to;
    all.back().paced.resize(s.rates.size());
  }
  for (std::size_t round = 0; round < s.rounds; ++round) {
    for (auto& r : all) {
      on_behalf_of(r.of, [&] { run_round(r.of, s, r); });
    }
    log().log(log_level::debug,
              log_line("round done").add("round", round + 1).add("rounds", s.rounds));
  }
  for (auto& r : all) {
    if (s.idle.count() > 0 && r.of.speaks()) {
      on_behalf_of(r.of, [&] { r.idle_wakeups = run_idle(r.of, s.setup, s.idle); });
    }
  }
  std::fputs(report_text(s, all).c_str(), stdout);
  if (!s.json_file.empty()) write_json(s, all);
  return 0;
}

}  // namespace kapacitor::udf::host::bench
