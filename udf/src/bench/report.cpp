#include <algorithm>
#include <functional>
#include <iterator>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/phrase.hpp"
#include "bench/bench.hpp"

namespace kapacitor::udf::host::bench {
namespace {

using nlohmann::json;

constexpr double micro = 1e6, milli = 1e3, mebi = 1024 * 1024;

/// The middle of some figures, and how far they reach.
struct spread {
  explicit spread(std::vector<double> figures) {
    std::sort(figures.begin(), figures.end());
    least = figures.front();
    most = figures.back();
    const auto n = figures.size();
    median = n % 2 == 1 ? figures[n / 2] : (figures[n / 2 - 1] + figures[n / 2]) / 2;
  }
  double least = 0, median = 0, most = 0;
};

template <class Round, class Of>
spread over_rounds(const std::vector<Round>& rounds, Of of) {
  std::vector<double> figures;
  figures.reserve(rounds.size());
  for (const auto& r : rounds) figures.push_back(static_cast<double>(std::invoke(of, r)));
  return spread(std::move(figures));
}

/// Ours to theirs, round by round.
template <class Round, class Of>
spread ratio(const std::vector<Round>& ours, const std::vector<Round>& theirs, Of of) {
  std::vector<double> figures;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto below = std::invoke(of, theirs[i]);
    figures.push_back(below > 0 ? std::invoke(of, ours[i]) / below : 0);
  }
  return spread(std::move(figures));
}

std::string with_commas(double x) {
  auto text = fmt::format("{:.0f}", x);
  for (auto at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

using text = fmt::memory_buffer;

template <class... Values>
void line(text& out, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Values>(values)...);
  out.push_back('\n');
}

std::string described(const bench_settings& s) {
  const stream sample(s.shape, 1000);
  auto what = fmt::format(
      "{} groups{}, {} tags, {} fields, {:.0f} bytes a point",
      with_commas(static_cast<double>(s.shape.groups)),
      s.shape.random_order ? " in random order" : "", s.shape.tags, s.shape.fields,
      static_cast<double>(sample.bytes().size()) / static_cast<double>(sample.points()));
  if (s.shape.batch > 0) what += fmt::format(", batches of {}", s.shape.batch);
  return fmt::format("{}; {}{}; {} rounds of {}; {} cores", what,
                     counted(static_cast<std::uint64_t>(s.connections), "connection"),
                     s.split_writes ? ", each message in two writes" : "", s.rounds,
                     to_string(s.duration), std::thread::hardware_concurrency());
}

void full_speed_table(text& out, const std::vector<target_report>& all) {
  using result = full_speed_result;
  line(out, "\n{:<22}{:>12}{:>25}{:>10}{:>9}{:>10}{:>11}", "as fast as it can", "points/s",
       "(least - most)", "CPU us/pt", "answers", "peak MiB", "wake-ups/s");
  for (const auto& r : all) {
    const auto rate = over_rounds(r.full_speed, &result::rate);
    const auto median = [&](auto of) { return over_rounds(r.full_speed, of).median; };
    line(out, "{:<22}{:>12}{:>25}{:>10.3f}{:>9.3f}{:>10.1f}{:>11.0f}", r.of.name,
         with_commas(rate.median),
         fmt::format("({} - {})", with_commas(rate.least), with_commas(rate.most)),
         median(&result::cpu_per_point) * micro, median(&result::answers_per_point),
         median(&result::peak_memory) / mebi, median(&result::wakeups_per_second));
  }
  const auto& ours = all.front();
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto rate = ratio(ours.full_speed, all[i].full_speed, &result::rate);
    const auto cpu = ratio(ours.full_speed, all[i].full_speed, &result::cpu_per_point);
    line(out, "{} / {}: {:.3g}x the rate ({:.3g} - {:.3g}), {:.3g}x the CPU", ours.of.name,
         all[i].of.name, rate.median, rate.least, rate.most, cpu.median);
  }
}

void full_speed_details(text& out, const bench_settings& s, const std::vector<target_report>& all) {
  using result = full_speed_result;
  constexpr std::size_t many = 10'000;
  for (const auto& r : all) {
    const auto median = [&](auto of) { return over_rounds(r.full_speed, of).median; };
    if (s.connections > 1) {
      line(out, "{}: the slowest connection has {:.2f} of the mean's points", r.of.name,
           median(&result::slowest_connection));
    }
    // Only the first round of a server finds it without the memory.
    const auto per_group = r.full_speed.front().memory_per_group;
    if (s.shape.groups >= many && r.of.speaks() && per_group > 0) {
      line(out, "{}: {:.0f} bytes per group above its key", r.of.name, per_group);
    }
    line(out, "{}: {:.3f} us of this program's CPU per point", r.of.name,
         median(&result::driver_cpu_per_point) * micro);
  }
}

void paced_table(text& out, double rate, std::size_t i, const std::vector<target_report>& all) {
  using result = paced_result;
  line(out, "\n{:<22}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}", "at " + with_commas(rate) + "/s",
       "p50 us", "p99", "p99.9", "max", "answers", "CPU us/pt");
  for (const auto& r : all) {
    const auto median = [&](auto of) { return over_rounds(r.paced[i], of).median; };
    const auto latency = [&](double latencies::*which) {
      return median([which](const result& one) { return one.latency.*which; }) * micro;
    };
    const auto answers = median([](const result& one) {
      return static_cast<double>(one.answered) / static_cast<double>(one.sent);
    });
    line(out, "{:<22}{:>10.1f}{:>10.1f}{:>10.1f}{:>10.1f}{:>10.3f}{:>10.2f}", r.of.name,
         latency(&latencies::p50), latency(&latencies::p99), latency(&latencies::p999),
         latency(&latencies::max), answers, median(&result::cpu_per_point) * micro);
  }
}

void snapshot_table(text& out, const std::vector<target_report>& all) {
  using result = snapshot_result;
  line(out, "\n{:<22}{:>12}{:>12}{:>14}{:>10}{:>10}", "snapshots", "snapshot s", "restore s",
       "silent for s", "MiB", "peak MiB");
  for (const auto& r : all) {
    if (r.snapshots.empty()) continue;
    const auto median = [&](auto of) { return over_rounds(r.snapshots, of).median; };
    line(out, "{:<22}{:>12.3f}{:>12.3f}{:>14.3f}{:>10.1f}{:>10.1f}", r.of.name,
         median(&result::snapshot), median(&result::restore), median(&result::silence),
         median(&result::bytes) / mebi, median(&result::peak_memory) / mebi);
  }
}

json of_rounds(const target_report& r) {
  json rounds = json::array();
  for (const auto& one : r.full_speed) {
    rounds.push_back({{"rate", one.rate},
                      {"cpu_per_point", one.cpu_per_point},
                      {"driver_cpu_per_point", one.driver_cpu_per_point},
                      {"points", one.points},
                      {"answers_per_point", one.answers_per_point},
                      {"wakeups_per_second", one.wakeups_per_second},
                      {"peak_memory", one.peak_memory},
                      {"memory_per_group", one.memory_per_group},
                      {"slowest_connection", one.slowest_connection}});
  }
  return rounds;
}

json of_paced(const bench_settings& s, const target_report& r) {
  json rates = json::array();
  for (std::size_t i = 0; i < s.rates.size(); ++i) {
    json rounds = json::array();
    for (const auto& one : r.paced[i]) {
      rounds.push_back({{"p50", one.latency.p50},
                        {"p99", one.latency.p99},
                        {"p99.9", one.latency.p999},
                        {"max", one.latency.max},
                        {"sent", one.sent},
                        {"answered", one.answered},
                        {"cpu_per_point", one.cpu_per_point}});
    }
    rates.push_back({{"rate", s.rates[i]}, {"rounds", rounds}});
  }
  return rates;
}

json of_snapshots(const target_report& r) {
  json rounds = json::array();
  for (const auto& one : r.snapshots) {
    rounds.push_back({{"snapshot", one.snapshot},
                      {"restore", one.restore},
                      {"silence", one.silence},
                      {"bytes", one.bytes},
                      {"peak_memory", one.peak_memory}});
  }
  return rounds;
}

}  // namespace

std::string report_text(const bench_settings& s, const std::vector<target_report>& all) {
  text out;
  line(out, "{}", described(s));
  if (s.full_speed) {
    full_speed_table(out, all);
    full_speed_details(out, s, all);
  }
  for (std::size_t i = 0; i < s.rates.size(); ++i) paced_table(out, s.rates[i], i, all);
  if (s.snapshots) snapshot_table(out, all);
  out.push_back('\n');
  for (const auto& r : all) {
    if (r.start.empty()) continue;
    const auto took = over_rounds(r.start, [](double x) { return x; });
    line(out, "{}: {:.1f} ms from {} to the first answer", r.of.name, took.median * milli,
         r.of.how == target::kind::command ? "its start" : "connecting");
  }
  for (const auto& r : all) {
    if (r.idle_wakeups)
      line(out, "{}: {:.2f} wake-ups per second, idle", r.of.name, *r.idle_wakeups);
  }
  return fmt::to_string(out);
}

std::string report_json(const bench_settings& s, const std::vector<target_report>& all) {
  json report{{"connections", s.connections}, {"groups", s.shape.groups},
              {"tags", s.shape.tags},         {"fields", s.shape.fields},
              {"batch", s.shape.batch},       {"split_writes", s.split_writes},
              {"targets", json::array()}};
  for (const auto& r : all) {
    json one{{"name", r.of.name},
             {"start", r.start},
             {"full_speed", of_rounds(r)},
             {"paced", of_paced(s, r)},
             {"snapshots", of_snapshots(r)}};
    if (r.idle_wakeups) one["idle_wakeups"] = *r.idle_wakeups;
    report["targets"].push_back(std::move(one));
  }
  return report.dump(2);
}

}  // namespace kapacitor::udf::host::bench
