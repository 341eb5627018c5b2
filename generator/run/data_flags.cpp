#include <string_view>

#include "line/escape.hpp"
#include "run/flags.hpp"

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
  f.count("--seed", "same seed, same values (the scenario's own, 1)", s.seed);
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

void finish_data(const settings& s) {
  if (s.what != command::run) return;
  if (s.scenario != "host") return;
  const auto refuse = [](const char* name) {
    throw usage_error(std::string(name) + " is not for --scenario host, which reads this machine");
  };
  if (s.measurement) refuse("--measurement");
  if (s.series) refuse("--series");
  if (s.start) refuse("--start");
  if (s.end) refuse("--end");
  if (!s.labels.empty()) refuse("--labels");
  if (!s.labels_nab.empty()) refuse("--labels-nab");
  if (!s.label_measurement.empty()) refuse("--label-measurement");
  if (s.plot) refuse("--plot");
  if (s.at_once.value_or(false)) refuse("--speed max");
}

}  // namespace kapacitor::generator
