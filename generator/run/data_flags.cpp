#include <string_view>

#include "line/escape.hpp"
#include "run/flags.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::uint64_t most_series = 1'000'000;

}  // namespace

void add_data_flags(CLI::App& app, settings& s) {
  flags f(app, "Data");
  f.string("--scenario", "NAME|FILE", "what to generate (sensors)", s.scenario);
  f.option("--measurement", "NAME", "instead of the scenario's own", [&s](const std::string& t) {
    const auto wrong = why_not_a_name(t);
    if (!wrong.empty()) throw usage_error(std::string(wrong));
    s.measurement = t;
  });
  f.count("--series", "instead of the scenario's own", s.series, 1, most_series);
  f.count("--seed", "same seed, same values (1)", s.seed);
  f.flag("--no-anomalies", "the same stream without its anomalies", [&s] { s.anomalies = false; });
  f.string("--labels", "FILE", "write where the anomalies are, as JSON lines", s.labels);
}

void finish_data(const settings& s) {
  if (s.what != command::run) return;
  if (s.scenario != "sensors" && s.scenario != "pulse" && s.scenario != "host") {
    throw usage_error("--scenario: '" + s.scenario + "' is none of host|pulse|sensors");
  }
  if (s.scenario != "host") return;
  const auto refuse = [](const char* name) {
    throw usage_error(std::string(name) + " is not for --scenario host, which reads this machine");
  };
  if (s.measurement) refuse("--measurement");
  if (s.series) refuse("--series");
  if (s.start) refuse("--start");
  if (s.end) refuse("--end");
  if (!s.labels.empty()) refuse("--labels");
  if (s.at_once.value_or(false)) refuse("--speed max");
}

}  // namespace kapacitor::generator
