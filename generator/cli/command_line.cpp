#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/text/error.hpp"
#include "cli/flags.hpp"
#include "run/settings.hpp"

namespace kapacitor::generator {
namespace {

constexpr const char* description =
    "Feeds InfluxDB or Kapacitor a live, reproducible stream of points.\n"
    "Without limits it runs until Ctrl-C; then it sends what it has and prints a summary.";

constexpr const char* footer = R"(
Signals: SIGINT and SIGTERM stop (a second one at once), SIGHUP opens the log and label files anew,
SIGUSR1 prints the summary so far.

Exit codes: 0 all points accepted, 1 some rejected, dropped or not sent, 2 wrong usage,
3 server not reached, 4 server refuses (database, retention policy, authorisation, certificate),
130 forced.

Examples:
  kapacitor-udf-generator
  kapacitor-udf-generator --scenario sensors --labels truth.jsonl --duration 1m --report run.json
  kapacitor-udf-generator --dry-run --points 5 --start 2024-01-01T00:00:00Z
  kapacitor-udf-generator --target kapacitor --scenario stress --rate 50k --duration 20s
  kapacitor-udf-generator scenarios sensors > mine.toml
  kapacitor-udf-generator check mine.toml
  kapacitor-udf-generator replay machine.csv --rebase now --speed 60
)";

/// What CLI11 calls INI is TOML to our users, and what it cannot parse is a name it does not know.
std::string config_problem(const std::string& said) {
  const std::string_view unknown = "INI was not able to parse ";
  if (said.rfind(unknown, 0) != 0) return said;
  return "'" + said.substr(unknown.size()) +
         "' is no flag: allowed are those of --help, without the dashes";
}

/// The commands and flags, bound to a settings object.
class command_line {
 public:
  command_line() : app_(description, "kapacitor-udf-generator") {
    app_.footer(footer);
    app_.set_version_flag("--version", "kapacitor-udf-generator " KAPACITOR_UDF_VERSION);
    app_.get_formatter()->column_width(36);
    add_commands();
    app_.set_config("--config", "", "read flags from a file: their long names as keys of TOML");
    app_.allow_config_extras(CLI::config_extras_mode::error);
    add_target_flags(app_, s_, texts_);
    add_access_flags(app_, s_, texts_);
    add_data_flags(app_, s_);
    add_rate_flags(app_, s_);
    add_failure_flags(app_, s_);
    add_report_flags(app_, s_);
  }

  std::optional<settings> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& done) {
      app_.exit(done, std::cout, std::cerr);
      return std::nullopt;
    } catch (const CLI::ConfigError& error) {
      throw usage_error("--config: " + config_problem(error.what()));
    } catch (const CLI::ParseError& error) {
      std::string why = error.what();
      std::replace(why.begin(), why.end(), '\n', ' ');
      throw usage_error(why + " (--help lists what is allowed)");
    }
    finish();
    return std::move(s_);
  }

 private:
  CLI::App* add_command(const char* name, const char* help, command what) {
    auto* made = app_.add_subcommand(name, help);
    made->fallthrough()->set_help_flag();
    made->footer("All other flags: kapacitor-udf-generator --help");
    made->final_callback([this, what] { s_.what = what; });
    return made;
  }

  void add_commands() {
    app_.require_subcommand(0, 1);
    add_command("run", "generate and send points; what is done where no command is given",
                command::run);
    auto* replay = add_command("replay", "send the points of a file", command::replay);
    replay->add_option("FILE", s_.operand, "line protocol, CSV, or a Kapacitor recording")
        ->required();
    add_replay_flags(*replay, s_);
    add_command("scenarios", "list the scenarios, or show one", command::scenarios)
        ->add_option("NAME", s_.operand, "the one to show");
    auto* check =
        add_command("check", "say whether a file is right, and what is in it", command::check);
    check->add_option("FILE", s_.operand, "a scenario, or a file to be replayed")->required();
    add_replay_flags(*check, s_);
  }

  void finish() {
    finish_data(s_);
    finish_access(s_, texts_);
    finish_target(s_, texts_);
    if (s_.timeout.count() < 1) throw usage_error("--timeout must be more than 0");
    if (s_.to == destination::standard_output && s_.report == "-") {
      throw usage_error("--report - would mix with --dry-run");
    }
    if (s_.quiet) {
      s_.progress = {};
      s_.level = std::max(s_.level, log_level::warn);
    }
  }

  CLI::App app_;
  settings s_;
  flag_texts texts_;
};

}  // namespace

std::optional<settings> parse_command_line(int argc, const char* const* argv) {
  return command_line().parse(argc, argv);
}

}  // namespace kapacitor::generator
