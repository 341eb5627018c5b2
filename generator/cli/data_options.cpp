#include "base/line/escape.hpp"
#include "base/table/table_options.hpp"
#include "base/text/error.hpp"
#include "base/text/time_text.hpp"
#include "cli/options.hpp"
#include "scenario/scenario.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::uint64_t most_series = 10'000'000;

std::string measurement_name(const std::string& text) {
  const auto wrong = why_not_a_name(text);
  if (!wrong.empty()) throw usage_error(std::string(wrong));
  return text;
}

void add_format(option_group& g, replay_settings& r) {
  add_table_options(g, r.format, r);
  r.remedy = "; --skip-bad-lines leaves such rows out";
  g.add("skip-bad-lines", toggle_value(r.skip_bad_lines), "skip and count them");
}

void add_choice(option_group& g, replay_settings& r) {
  g.add("from", parsed_value("TIME", [&r](const std::string& t) { r.from = parse_time(t); }),
        "only points from then on, as the file has it");
  g.add("until", parsed_value("TIME", [&r](const std::string& t) { r.until = parse_time(t); }),
        "only points before that");
  g.add("from-db", text_value("NAME", r.from_database),
        "only points of that database, in a recording or an export");
  g.add("from-rp", text_value("NAME", r.from_retention_policy),
        "only points of that retention policy");
  g.add("nab-windows", text_value("FILE", r.nab_windows),
        "combined_windows.json of NAB: labels of the file");
}

}  // namespace

void add_data_options(option_rows& rows, settings& s) {
  option_group g(rows, "Data");
  auto scenario = text_value("NAME|FILE", s.scenario);
  scenario.known = preset_names();
  scenario.known.emplace_back("host");
  g.add("scenario", scenario, "what to generate; the command scenarios lists them");
  g.add("measurement",
        parsed_value("NAME", [&s](const std::string& t) { s.measurement = measurement_name(t); }),
        "instead of the scenario's own");
  g.add("series", count_value(s.series, {1, most_series}),
        "of each measurement, instead of the scenario's own");
  g.add("seed", count_value(s.seed), "same seed, same values")
      .by_default("the scenario's own, else 1");
  g.add("no-anomalies", toggle_value(s.anomalies, false), "the same stream without its anomalies");
  g.add("labels", text_value("FILE", s.labels),
        "where the anomalies are: .jsonl a row for each, .csv for each point");
  g.add("labels-nab", text_value("FILE", s.labels_nab),
        "the same in the form of NAB's combined_windows.json");
  g.add("label-measurement",
        parsed_value("NAME",
                     [&s](const std::string& t) { s.label_measurement = measurement_name(t); }),
        "and in the stream itself, as points of that name");
  g.add("plot", toggle_value(s.plot), "draw the first series before it is sent");
}

void add_replay_options(option_rows& rows, settings& s) {
  option_group g(rows, "Replay");
  add_format(g, s.replay);
  add_choice(g, s.replay);
  static constexpr choice<bool> now_only[] = {{"now", true}};
  g.add("rebase", choice_value(s.replay.rebase, now_only),
        "the first point is now, distances are kept");
  g.add("loop", toggle_value(s.replay.loop), "again and again, with times that go on");
}

}  // namespace kapacitor::generator
