#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/line/escape.hpp"
#include "cli/flags.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::uint64_t most_series = 10'000'000;

}  // namespace

void add_data_flags(CLI::App& app, settings& s) {
  flags f(app, "Data");
  f.string("--scenario", "NAME|FILE", "what to generate; `scenarios` lists them (sensors)",
           s.scenario);
  f.option("--measurement", "NAME", "instead of the scenario's own", [&s](const std::string& t) {
    const auto wrong = why_not_a_name(t);
    if (!wrong.empty()) throw usage_error(std::string(wrong));
    s.measurement = t;
  });
  f.count("--series", "of each measurement, instead of the scenario's own", s.series, 1,
          most_series);
  f.option("--seed", "N", "same seed, same values (the scenario's own, 1)",
           [&s](const std::string& t) {
             std::uint64_t seed = 0;
             const auto* const end = t.data() + t.size();
             const auto read = std::from_chars(t.data(), end, seed);
             const bool whole = read.ec == std::errc{} && read.ptr == end;
             s.seed = whole ? seed : parse_count(t);
           });
  f.flag("--no-anomalies", "the same stream without its anomalies", [&s] { s.anomalies = false; });
  f.string("--labels", "FILE",
           "where the anomalies are: .jsonl a row for each, .csv for each point", s.labels);
  f.string("--labels-nab", "FILE", "the same in the form of NAB's combined_windows.json",
           s.labels_nab);
  f.option("--label-measurement", "NAME", "and in the stream itself, as points of that name",
           [&s](const std::string& t) {
             const auto wrong = why_not_a_name(t);
             if (!wrong.empty()) throw usage_error(std::string(wrong));
             s.label_measurement = t;
           });
  f.flag("--plot", "draw the first series before it is sent", [&s] { s.plot = true; });
}

namespace {

/// A flag, and whether it was given.
using given_flags = std::vector<std::pair<const char*, bool>>;

void refuse(const given_flags& given, const std::string& why) {
  for (const auto& [name, is_given] : given) {
    if (is_given) throw usage_error(std::string(name) + " is not for " + why);
  }
}

given_flags of_scenarios(const settings& s) {
  return {{"--series", s.series.has_value()},
          {"--seed", s.seed.has_value()},
          {"--no-anomalies", !s.anomalies},
          {"--label-measurement", !s.label_measurement.empty()},
          {"--plot", s.plot},
          {"--start", s.start.has_value()},
          {"--end", s.end.has_value()}};
}

void check_host(const settings& s) {
  const std::string why = "--scenario host, which reads this machine";
  refuse({{"--measurement", s.measurement.has_value()},
          {"--labels", !s.labels.empty()},
          {"--labels-nab", !s.labels_nab.empty()},
          {"--speed max", s.at_once.value_or(false)}},
         why);
  refuse(of_scenarios(s), why);
}

void check_replay(const settings& s) {
  const std::string why = "replay, which takes values and times from the file";
  refuse(of_scenarios(s), why);
  refuse({{"--scenario", s.scenario != settings().scenario},
          {"--rate", s.milli_rate.has_value()},
          {"--interval", s.interval.has_value()},
          {"--ramp", s.ramp.count() > 0},
          {"--jitter", s.jitter.count() > 0},
          {"--timestamps send", s.stamp_when_sent},
          {"--on-lag skip", s.skip_late}},
         why);
}

}  // namespace

void finish_data(const settings& s) {
  if (s.what == command::replay) return check_replay(s);
  if (s.what == command::run && s.scenario == "host") check_host(s);
}

}  // namespace kapacitor::generator
