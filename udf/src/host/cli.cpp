#include "host/cli.hpp"

#include <string>
#include <utility>
#include <vector>

#include "base/options/program.hpp"
#include "bench/command.hpp"
#include "check/command.hpp"
#include "connect/log.hpp"
#include "host/arguments.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr auto footer =
    R"(Signals: SIGINT and SIGTERM end the input and finish (a second one at once).

Examples:
  kapacitor-udf-host run --socket /run/kapacitor-udf/ewma.sock --opt field=usage --input cpu.lp
  kapacitor-udf-host run --exec "./my_udf" --listen 127.0.0.1:0 --influxdb http://127.0.0.1:8086 \
      --db telegraf --measurement cpu --group-by host --opt size=10 \
      --out-influxdb http://127.0.0.1:8086/out
  kapacitor-udf-host record cpu.srpl --listen 127.0.0.1:9092 --duration 20s
  kapacitor-udf-host replay cpu.srpl --socket ewma.sock --opt field=usage --output ewma.jsonl
  kapacitor-udf-host check --exec "./my_udf" --opt field=usage
)";

/// What the commands are told, each by its own options.
struct command_arguments {
  arguments run, record, replay;
  check::arguments to_check;
  bench::arguments to_bench;
};

/// A command, and what it does.
struct host_command {
  option_command options;
  std::function<int()> run;
};

std::vector<host_command> commands_of(command_arguments& a) {
  return {
      {run_command(a.run), [&] { return start_log(a.run.log), run(run_settings_of(a.run)); }},
      {record_command(a.record),
       [&] { return start_log(a.record.log), record(record_settings_of(a.record)); }},
      {replay_command(a.replay),
       [&] { return start_log(a.replay.log), run(replay_settings_of(a.replay)); }},
      {check::command(a.to_check), [&] { return check::check(check::settings_of(a.to_check)); }},
      {bench::command(a.to_bench), [&] { return bench::bench(a.to_bench); }}};
}

option_table table_of(const std::vector<host_command>& commands) {
  option_table t;
  t.program = "kapacitor-udf-host";
  t.version = KAPACITOR_UDF_VERSION;
  t.summary =
      "Kapacitor's side of the UDF protocol: runs, records, replays, checks and measures UDFs "
      "without\nKapacitor";
  t.variables = "KAPACITOR_UDF_HOST";
  t.footer = footer;
  for (const auto& one : commands) t.commands.push_back(one.options);
  return t;
}

}  // namespace

int host_main(int argc, char** argv) {
  command_arguments a;
  const auto commands = commands_of(a);
  return run_program(table_of(commands), argc, argv, [&](const std::string& name) {
    for (const auto& one : commands) {
      if (one.options.name == name) return one.run();
    }
    return static_cast<int>(exit_code::usage);
  });
}

}  // namespace kapacitor::udf::host
