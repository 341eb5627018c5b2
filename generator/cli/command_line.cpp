#include <iostream>
#include <string>
#include <utility>

#include "base/options/parse.hpp"
#include "base/text/error.hpp"
#include "cli/options.hpp"
#include "run/settings.hpp"
#include "scenario/scenario.hpp"

namespace kapacitor::generator {
namespace {

constexpr const char* what_it_does =
    "Feeds InfluxDB or Kapacitor a live, reproducible stream of points.\n"
    "Without limits it runs until Ctrl-C; then it sends what it has and prints a summary.";

constexpr const char* footer =
    R"(Signals: SIGINT and SIGTERM stop (a second one at once), SIGHUP opens the log and label files
again, SIGUSR1 prints the summary so far.

Examples:
  kapacitor-udf-generator
  kapacitor-udf-generator --scenario sensors --labels truth.jsonl --duration 1m --summary run.json
  kapacitor-udf-generator --dry-run --points 5 --start 2024-01-01T00:00:00Z
  kapacitor-udf-generator --target kapacitor --scenario stress --rate 50k --duration 20s
  kapacitor-udf-generator scenarios sensors > mine.toml
  kapacitor-udf-generator check mine.toml
  kapacitor-udf-generator replay machine.csv --rebase now --speed 60
)";

constexpr choice<command> commands[] = {{"run", command::run},
                                        {"replay", command::replay},
                                        {"scenarios", command::scenarios},
                                        {"check", command::check}};

void add_commands(option_table& t, settings& s) {
  t.commands = {{"run", "generate and send points; what is done if no command is given", "", {}},
                {"replay", "send the points of a file", "", {}},
                {"scenarios", "list the scenarios, or show one", "", {}},
                {"check", "say whether a file is right, and what is in it", "", {}}};
  const auto argument = [&](std::size_t of, const char* name, const char* help) -> option_row& {
    return option_group(t.commands[of].rows, "Argument")
        .add_argument(name, text_value(name, s.operand), help);
  };
  argument(1, "FILE", "line protocol, CSV, or a Kapacitor recording").is_required();
  add_replay_options(t.commands[1].rows, s);
  argument(2, "NAME", "the one to show").value.known = preset_names();
  argument(3, "FILE", "a scenario, or a file to be replayed").is_required();
  add_replay_options(t.commands[3].rows, s);
}

option_table options_of(settings& s, option_texts& texts) {
  option_table t;
  t.program = "kapacitor-udf-generator";
  t.version = KAPACITOR_UDF_VERSION;
  t.summary = what_it_does;
  t.variables = "KAPACITOR_UDF_GENERATOR";
  t.footer = footer;
  t.standard_command = "run";
  add_target_options(t.rows, s, texts);
  add_data_options(t.rows, s);
  add_rate_options(t.rows, s);
  add_failure_options(t.rows, s);
  add_report_options(t.rows, s);
  add_commands(t, s);
  return t;
}

}  // namespace

std::optional<settings> parse_command_line(int argc, const char* const* argv) {
  settings s;
  option_texts texts;
  const auto parsed = parse_options(options_of(s, texts), argc, argv);
  if (parsed.answered()) {
    std::cout << parsed.answer << std::flush;
    return std::nullopt;
  }
  s.what = parse_choice(parsed.command, commands);
  finish(s, texts);
  return s;
}

}  // namespace kapacitor::generator
