#include "host/cli.hpp"

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text/run_ended.hpp"
#include "bench/command.hpp"
#include "check/command.hpp"
#include "host/arguments.hpp"
#include "host/log.hpp"
#include "host/usage_error.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr auto footer =
    R"(Exit: 0 fine; 1 the run failed, or points were lost (the summary says how many and why);
2 wrong usage, or cannot start; 3 InfluxDB not reached; 4 InfluxDB refuses (database, user, token,
certificate); 130 forced by a second signal.

Passwords and tokens come from files or the environment: INFLUX_USERNAME and INFLUX_PASSWORD, or
INFLUX_TOKEN. They are for --influxdb, and for --out-influxdb if that is the same server or the only
one; otherwise INFLUX_OUT_USERNAME, INFLUX_OUT_PASSWORD, INFLUX_OUT_TOKEN are.

Examples:
  kapacitor-udf-host run --socket /run/kapacitor-udf/ewma.sock --opt field=usage --input cpu.lp
  kapacitor-udf-host run --exec "./my_udf" --listen 127.0.0.1:0 --influxdb http://127.0.0.1:8086 \
      --db telegraf --from cpu --group-by host --opt size=10 --out-influxdb http://127.0.0.1:8086/out
  kapacitor-udf-host record cpu.srpl --listen 127.0.0.1:9092 --duration 20s
  kapacitor-udf-host replay cpu.srpl --socket ewma.sock --opt field=usage --output ewma.jsonl
  kapacitor-udf-host check --exec "./my_udf" --opt field=usage)";

void add_udf(CLI::App& app, arguments& a) {
  const auto group = "The UDF";
  app.add_option("--socket", a.socket, "UNIX socket of the UDF; @NAME: abstract")->group(group);
  app.add_option("--exec", a.exec, "command, run by /bin/sh -c, that speaks on stdin and stdout")
      ->group(group);
  app.add_option("--opt", a.options,
                 "NAME[=VALUE,...] as in TICKscript, repeatable: 10 INT, 1.0 DOUBLE, 'text' or "
                 "text STRING, TRUE BOOL, 5m DURATION")
      ->group(group)
      ->expected(1)
      ->take_all();
  app.add_option("--function", a.function, "its name in messages (from the socket or command)")
      ->group(group);
  app.add_option("--task", a.task, "task id told to the UDF")->group(group)->capture_default_str();
  app.add_option("--node", a.node, "node id told to the UDF (FUNCTION2)")->group(group);
  app.add_option("--timeout", a.timeout, "keepalive: a request each half of it")
      ->group(group)
      ->capture_default_str();
  app.add_option("--connect-timeout", a.connect_timeout, "how long to wait for socket and InfluxDB")
      ->group(group)
      ->capture_default_str();
  app.add_option("--snapshot", a.snapshot, "FILE to restore from, if it exists, and to write")
      ->group(group);
  app.add_option("--snapshot-interval", a.snapshot_interval, "0: none")
      ->group(group)
      ->capture_default_str();
  app.add_flag("--snapshot-at-end", a.snapshot_at_end, "one more when the input ends")
      ->group(group);
  app.add_option("--max-message", a.max_message, "largest message, both ways")
      ->group(group)
      ->capture_default_str();
}

void add_input(CLI::App& app, arguments& a) {
  const auto group = "Input";
  app.add_option("--input", a.input, "FILE of line protocol or .srpl, gzip or not; -: stdin")
      ->group(group);
  app.add_option("--listen", a.listen,
                 "ADDR:PORT for HTTP writes, as of InfluxDB's subscriptions; port 0: a free one")
      ->group(group);
  app.add_option("--influxdb", a.influxdb, "URL: subscribe to --db there, until the end")
      ->group(group);
  app.add_option("--db", a.db, "with --listen only this database; of a file's points")
      ->group(group);
  app.add_option("--rp", a.rp, "with --listen only this retention policy; of a file's points")
      ->group(group);
  app.add_option("--precision", a.precision, "of a file's times: ns, u, ms, s, m, h (ns)")
      ->group(group);
  app.add_option("--until-idle", a.until_idle, "end when no point came for so long after the first")
      ->group(group);
}

void add_bounds(CLI::App& app, arguments& a, const char* duration) {
  app.add_option("--duration", a.duration, duration)->group("Input");
  app.add_option("--points", a.points, "end after so many points")->group("Input");
  app.add_option("--from", a.from, "only this MEASUREMENT")->group("Task");
}

void add_task(CLI::App& app, arguments& a) {
  const auto group = "Task";
  app.add_option("--group-by", a.group_by, "TAG,... or '*'")->group(group);
  app.add_flag("--group-by-measurement", a.group_by_measurement)->group(group);
  app.add_option("--window", a.window, "PERIOD/EVERY: batches by time, such as 10s/5s")
      ->group(group);
  app.add_option("--window-count", a.window_count, "P/E: batches by number of points")
      ->group(group);
  app.add_flag("--align", a.align, "windows end at whole multiples of EVERY")->group(group);
  app.add_flag("--fill-period", a.fill_period, "the first batch once a whole period is there")
      ->group(group);
}

void add_output(CLI::App& app, arguments& a) {
  const auto group = "Output";
  app.add_option("--output", a.output, "FILE for JSON lines; -: stdout, the default")->group(group);
  app.add_option("--out-influxdb", a.out_influxdb, "URL/DB: store there; DB is created")
      ->group(group);
  app.add_option("--out-rp", a.out_rp, "retention policy to store in")->group(group);
  app.add_option("--out-measurement", a.out_measurement, "store under this name")->group(group);
  app.add_option("--out-tag", a.out_tags, "NAME=VALUE added to each, repeatable")
      ->group(group)
      ->expected(1)
      ->take_all();
  app.add_option("--out-batch", a.out_batch, "points in a request")
      ->group(group)
      ->capture_default_str();
  app.add_option("--out-flush", a.out_flush, "a request at least so often")
      ->group(group)
      ->capture_default_str();
  app.add_option("--out-patience", a.out_patience, "how long to go on trying at the end")
      ->group(group)
      ->capture_default_str();
}

/// The same names as of kapacitor-udf-generator.
void add_access(CLI::App& app, arguments& a) {
  const auto group = "InfluxDB";
  const auto add = [&](const char* name, std::string& to, const char* help) {
    return app.add_option(name, to, help)->group(group);
  };
  add("--user", a.who.user, "NAME (INFLUX_USERNAME); its password: --password-file");
  add("--password-file", a.who.password_file, "FILE of one line (INFLUX_PASSWORD)");
  add("--token-file", a.who.token_file, "FILE of one line (INFLUX_TOKEN)");
  add("--tls-ca", a.tls.ca, "FILE of certificates to trust with https (the system's)");
  add("--tls-cert", a.tls.cert, "FILE of our own certificate, with its chain");
  add("--tls-key", a.tls.key, "FILE of its key");
  app.add_flag("--insecure-skip-verify", a.tls.skip_verify,
               "trust any certificate: whoever answers reads it all")
      ->group(group);
}

/// Of the InfluxDB to store in.
void add_out_access(CLI::App& app, arguments& a) {
  const auto group = "InfluxDB";
  const auto add = [&](const char* name, std::string& to, const char* help) {
    return app.add_option(name, to, help)->group(group);
  };
  add("--out-user", a.out_who.user,
      "as --user, if --out-influxdb is another server than --influxdb");
  add("--out-password-file", a.out_who.password_file, "its password (INFLUX_OUT_PASSWORD)");
  add("--out-token-file", a.out_who.token_file, "or its token (INFLUX_OUT_TOKEN)");
  add("--gzip", a.gzip, "compress requests: off, 1 (fast) to 9 (small)")->capture_default_str();
  add("--api", a.api, "v1, or v2: store in --bucket; --out-influxdb then names no DB")
      ->capture_default_str();
  add("--org", a.org, "organisation, with --api v2");
  add("--bucket", a.bucket, "with --api v2; of InfluxDB 1.8 and later DB/RP");
}

void add_common(CLI::App& app, arguments& a) {
  app.add_option("--progress", a.progress, "auto (1s on a terminal), off, or an interval")
      ->capture_default_str();
  app.add_option("--summary", a.summary, "FILE: the summary as JSON");
  app.add_option("--log-level", a.log_level, "trace, debug, info, warn, error, off")
      ->capture_default_str();
}

CLI::App* add_run(CLI::App& app, arguments& a) {
  auto* run = app.add_subcommand("run", "send points through a UDF");
  add_udf(*run, a);
  add_input(*run, a);
  add_bounds(*run, a, "end after so long");
  add_task(*run, a);
  add_output(*run, a);
  add_access(*run, a);
  add_out_access(*run, a);
  add_common(*run, a);
  return run;
}

CLI::App* add_record(CLI::App& app, arguments& a) {
  auto* record = app.add_subcommand("record", "write a live stream to a file");
  record->add_option("FILE", a.recording, ".srpl as Kapacitor's, else line protocol; .gz: packed")
      ->required();
  add_input(*record, a);
  add_bounds(*record, a, "end after so long (20s with --listen)");
  record->add_option("--connect-timeout", a.connect_timeout, "how long to wait for InfluxDB")
      ->capture_default_str();
  add_access(*record, a);
  add_common(*record, a);
  return record;
}

CLI::App* add_replay(CLI::App& app, arguments& a) {
  auto* replay = app.add_subcommand("replay", "send a recording through a UDF, as fast as it can");
  replay->add_option("FILE", a.recording, ".srpl or line protocol, gzip or not; -: stdin")
      ->required();
  replay->add_flag("--real-time", a.real_time, "in step with the recorded times");
  replay->add_option("--speed", a.speed, "so many times faster than they were recorded");
  replay->add_flag("--rec-time", a.rec_time, "keep the recorded times; else the first is now");
  replay->add_option("--db", a.db, "of a line protocol file's points");
  replay->add_option("--rp", a.rp, "of a line protocol file's points");
  replay->add_option("--precision", a.precision, "of a line protocol file's times (ns)");
  add_udf(*replay, a);
  add_bounds(*replay, a, "end after so long");
  add_task(*replay, a);
  add_output(*replay, a);
  add_access(*replay, a);
  add_out_access(*replay, a);
  add_common(*replay, a);
  return replay;
}

int refuse(const std::string& what) {
  fmt::print(stderr, "kapacitor-udf-host: {}\n", what);
  return 2;
}

}  // namespace

int host_main(int argc, char** argv) {
  CLI::App app(
      "Kapacitor's side of the UDF protocol: runs, records, replays, checks and measures UDFs "
      "without Kapacitor",
      "kapacitor-udf-host");
  app.set_version_flag("--version", std::string("kapacitor-udf-host ") + KAPACITOR_UDF_VERSION);
  app.require_subcommand(1);
  app.footer(footer);
  arguments a;
  const auto* run_command = add_run(app, a);
  const auto* replay_command = add_replay(app, a);
  add_record(app, a);
  bench::arguments to_measure;
  const auto* bench_command = bench::add_command(app, to_measure);
  check::arguments to_check;
  const auto* check_command = check::add_command(app, to_check);
  try {
    const std::string first = argc > 1 ? argv[1] : "";
    const auto named = [&first](const CLI::App* c) { return c->get_name() == first; };
    if (!first.starts_with('-') && app.get_subcommands(named).empty()) {
      return refuse(
          fmt::format("\"{}\" is no command; use run, record, replay, check or bench", first));
    }
    app.parse(argc, argv);
    if (check_command->parsed()) return check::check(check::settings_of(to_check));
    if (bench_command->parsed()) return bench::bench(to_measure);
    set_log_level(a.log_level);
    if (run_command->parsed()) return run(run_settings_of(a));
    if (replay_command->parsed()) return run(replay_settings_of(a));
    return record(record_settings_of(a));
  } catch (const CLI::ParseError& e) {
    return e.get_exit_code() == 0 ? app.exit(e) : refuse(e.what());
  } catch (const run_ended& e) {
    refuse(e.what());
    return e.code();
  } catch (const std::exception& e) {
    return refuse(e.what());
  }
}

}  // namespace kapacitor::udf::host
