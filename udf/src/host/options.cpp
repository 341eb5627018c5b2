#include <fmt/format.h>

#include "base/influxdb/access_options.hpp"
#include "base/influxdb/gzip.hpp"
#include "base/line/parse.hpp"
#include "base/metrics/metrics_options.hpp"
#include "base/table/table_options.hpp"
#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "connect/udf_options.hpp"
#include "host/arguments.hpp"

namespace kapacitor::udf::host {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds more_than_0{1};
constexpr choice<api_version> versions[] = {{"v1", api_version::v1}, {"v2", api_version::v2}};

flag_value precision_value(std::int64_t& to) {
  auto made = parsed_value("ns|u|ms|s|m|h", [&to](const std::string& t) {
    const auto unit = unit_of_precision(t);
    if (!unit) throw usage_error(in_quotes(t) + " is none of ns, u, ms, s, m, h");
    to = *unit;
  });
  made.standard = "ns";
  return made;
}

void read_speed(std::optional<std::int64_t>& to, const std::string& text) {
  to.reset();
  if (text != "max") to = parse_factor(text);
}

void read_tag(arguments& a, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    throw usage_error(in_quotes(text) + " is no tag: write NAME=VALUE");
  }
  a.out_tags.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

void read_progress(arguments& a, const std::string& text) {
  a.progress.reset();
  if (text != "auto")
    a.progress = text == "off" ? nanoseconds(0) : parse_duration(text, more_than_0);
}

void add_udf(option_rows& rows, arguments& a) {
  option_group g(rows, "UDF");
  add_where(g, a.socket, a.exec);
  add_opt(g, a.options);
  g.add("function", text_value("NAME", a.function), "its name in messages")
      .by_default("from the socket or command");
  g.add("task", text_value("ID", a.task), "task id told to the UDF");
  g.add("node", text_value("ID", a.node), "node id told to the UDF").by_default("FUNCTION2");
  g.add("timeout", duration_value(a.timeout, std::chrono::milliseconds(2)),
        "keepalive: a request each half of it");
  g.add("snapshot", text_value("FILE", a.snapshot), "restored, if it exists, and written");
  g.add("snapshot-interval", duration_value(a.snapshot_interval), "0: none");
  g.add("snapshot-at-end", toggle_value(a.snapshot_at_end), "one more when the input ends");
  g.add("max-message", size_value(a.max_message, {.least = 1}), "largest message, both ways");
}

void add_listen(option_group& g, arguments& a) {
  g.add("input", text_value("FILE", a.input),
        "line protocol, CSV, export or .srpl, gzip or not; -: stdin");
  g.add(
      "listen",
      parsed_value("ADDR:PORT", [&a](const std::string& t) { a.listen = parse_listen_address(t); }),
      "take HTTP writes, as of InfluxDB's subscriptions; port 0: a free one");
  g.add("influxdb", text_value("URL", a.influxdb), "subscribe to --db there, until the end");
  g.add("until-idle", duration_value(a.until_idle), "end if no point came for that long")
      .by_default("never");
}

void add_points(option_group& g, arguments& a, const char* no_duration) {
  g.add("db", text_value("NAME", a.db),
        "of a file's points; with --listen, take only this database");
  g.add("rp", text_value("NAME", a.rp), "retention policy, likewise");
  add_table_options(g, a.format, a.table);
  g.add("precision", precision_value(a.time_unit), "of the times in a file of line protocol");
  g.add("duration", duration_value(a.duration), "end after that long").by_default(no_duration);
  g.add("points", count_value(a.points), "end after that many points").by_default("no limit");
  g.add("measurement", text_value("NAME", a.measurement),
        "take only this one; of CSV that names none: its name");
}

void add_task(option_rows& rows, arguments& a) {
  option_group g(rows, "Task");
  g.add("group-by", text_value("TAG,...", a.group_by), "or '*': all tags");
  g.add("group-by-measurement", toggle_value(a.group_by_measurement), "and by the measurement");
  g.add(
      "window",
      parsed_value("PERIOD/EVERY", [&a](const std::string& t) { a.window = parse_time_window(t); }),
      "batches by time, such as 10s/5s");
  g.add("window-count",
        parsed_value("PERIOD/EVERY",
                     [&a](const std::string& t) { a.window_count = parse_count_window(t); }),
        "batches by number of points, such as 10/5")
      .never_with("window");
  g.add("align", toggle_value(a.align), "windows end at whole multiples of EVERY");
  g.add("fill-period", toggle_value(a.fill_period), "the first batch once a whole period is there");
}

void add_output(option_rows& rows, arguments& a) {
  option_group g(rows, "Output");
  g.add("output", text_value("FILE", a.output), "JSON lines; -: stdout").by_default("-");
  g.add("out-influxdb", text_value("URL/DB", a.out_influxdb), "store there; DB is created");
  g.add("out-rp", text_value("NAME", a.out_rp), "retention policy to store in");
  g.add("out-measurement", text_value("NAME", a.out_measurement), "store under this name");
  g.add("out-tag",
        parsed_values(
            "NAME=VALUE", [&a] { a.out_tags.clear(); },
            [&a](const std::string& t) { read_tag(a, t); }),
        "tag added to each point");
  g.add("batch", count_value(a.batch, {.least = 1}), "most points in a request");
  g.add("flush", duration_value(a.flush), "longest a point waits for others to join it");
  g.add("shutdown-timeout", duration_value(a.shutdown_timeout),
        "at the end, time to send what is left");
}

void add_access(option_group& g, arguments& a) {
  g.add("connect-timeout", duration_value(a.connect_timeout),
        "wait that long for the socket and InfluxDB to answer");
  kapacitor::add_access(g, a.who, a.tls);
}

/// Of the InfluxDB to store in.
void add_out_access(option_group& g, arguments& a) {
  g.add("out-user", text_value("NAME", a.out_who.user),
        "as --user, if --out-influxdb is another server than --influxdb (INFLUX_OUT_USERNAME)");
  g.add("out-password-file", text_value("FILE", a.out_who.password_file),
        "its password (INFLUX_OUT_PASSWORD)");
  g.add("out-token-file", text_value("FILE", a.out_who.token_file),
        "or its token (INFLUX_OUT_TOKEN)");
  g.add("gzip",
        parsed_value("off|1..9", [&a](const std::string& t) { a.gzip = parse_gzip_level(t); }),
        "compress requests: 1 fast, 9 small")
      .by_default("off")
      .value.type = flag_value::kind::number;
  g.add("api", choice_value(a.api, versions),
        "v2: store in --bucket; --out-influxdb then names no DB");
  g.add("org", text_value("NAME", a.org), "organisation, with --api v2");
  g.add("bucket", text_value("NAME", a.bucket), "with --api v2; of InfluxDB 1.8 and later DB/RP");
}

void add_report(option_rows& rows, arguments& a) {
  option_group g(rows, "Report");
  g.add("summary", text_value("FILE", a.summary), "write the summary as JSON; -: stdout");
  g.add("progress",
        parsed_value("DURATION|auto|off", [&a](const std::string& t) { read_progress(a, t); }),
        "how often to show it; auto: each second, on a terminal only")
      .by_default("auto");
  add_metrics_option(g, a.metrics);
  add_log(g, a.log);
}

void add_recording(option_group& g, arguments& a, const char* help) {
  g.add_argument("FILE", text_value("FILE", a.recording), help).is_required();
}

/// The one that the points come from, and the one that the results go to.
void add_both_influxdbs(option_rows& rows, arguments& a) {
  option_group g(rows, "InfluxDB");
  add_access(g, a);
  add_out_access(g, a);
}

void add_pace(option_group& g, arguments& a) {
  g.add("speed",
        parsed_value("FACTOR|max", [&a](const std::string& t) { read_speed(a.milli_speed, t); }),
        "how fast time passes; max: wait for nothing")
      .by_default("max")
      .value.type = flag_value::kind::number;
  g.add("real-time",
        parsed_value("",
                     [&a](const std::string& t) {
                       if (t == "true") a.milli_speed = 1000;
                     }),
        "in step with the recorded times: --speed 1")
      .never_with("speed")
      .value.type = flag_value::kind::toggle;
  g.add("rec-time", toggle_value(a.rec_time), "keep the recorded times; else the first is now");
}

}  // namespace

option_command run_command(arguments& a) {
  option_command c{"run", "send points through a UDF", "", {}};
  add_udf(c.rows, a);
  option_group input(c.rows, "Input");
  add_listen(input, a);
  add_points(input, a, "no limit");
  add_task(c.rows, a);
  add_output(c.rows, a);
  add_both_influxdbs(c.rows, a);
  add_report(c.rows, a);
  return c;
}

option_command record_command(arguments& a) {
  option_command c{"record", "write a live stream to a file", "", {}};
  option_group input(c.rows, "Input");
  add_recording(input, a, ".srpl as Kapacitor's, else line protocol; .gz: packed");
  add_listen(input, a);
  add_points(input, a, "20s with --listen, else no limit");
  option_group influxdb(c.rows, "InfluxDB");
  add_access(influxdb, a);
  add_report(c.rows, a);
  return c;
}

option_command replay_command(arguments& a) {
  option_command c{"replay", "send a recording through a UDF", "", {}};
  option_group input(c.rows, "Input");
  add_recording(input, a, ".srpl, line protocol, CSV or export, gzip or not; -: stdin");
  add_pace(input, a);
  add_points(input, a, "no limit");
  add_udf(c.rows, a);
  add_task(c.rows, a);
  add_output(c.rows, a);
  add_both_influxdbs(c.rows, a);
  add_report(c.rows, a);
  return c;
}

}  // namespace kapacitor::udf::host
