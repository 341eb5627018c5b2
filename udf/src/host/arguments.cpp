#include "host/arguments.hpp"

#include <unistd.h>

#include <filesystem>

#include "base/influxdb/write_path.hpp"
#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "connect/udf_options.hpp"
#include "host/group_by.hpp"

namespace kapacitor::udf::host {
namespace {

// Node ids as Kapacitor numbers the nodes of stream|from()|window()@function(): from 0.
constexpr auto node_above_stream = "from1", node_above_batch = "window2";

std::string function_of(const arguments& a) {
  if (!a.function.empty()) return a.function;
  if (!a.socket.empty()) {
    const auto name = std::filesystem::path(a.socket).stem().string();
    return name.starts_with('@') ? name.substr(1) : name;
  }
  const auto program = a.exec.substr(0, a.exec.find(' '));
  return std::filesystem::path(program).filename().string();
}

window_settings window_of(const arguments& a) {
  window_settings w;
  if (a.window) w = *a.window;
  if (a.window_count) w = *a.window_count;
  w.align = a.align;
  w.fill_period = a.fill_period;
  if (a.align && w.by != window_settings::unit::time) {
    throw usage_error("--align: can only align windows based off time, not count");
  }
  if (a.fill_period && w.by == window_settings::unit::none) {
    throw usage_error("--fill-period: needs --window or --window-count");
  }
  return w;
}

report_settings report_of(const arguments& a) {
  const std::chrono::nanoseconds automatic = std::chrono::seconds(::isatty(STDERR_FILENO) ? 1 : 0);
  require_folder("--summary", a.summary);
  return {a.progress.value_or(automatic), a.summary, a.metrics};
}

udf_settings udf_of(const arguments& a, const std::string& function, bool batches) {
  udf_settings u;
  u.options = a.options;
  u.task_id = a.task;
  u.parent_node = batches ? node_above_batch : node_above_stream;
  u.node_id = a.node.empty() ? function + (batches ? "3" : "2") : a.node;
  u.given = batches ? edge::batch : edge::stream;
  u.connection.timeout = a.timeout;
  u.connection.max_message = a.max_message;
  require_folder("--snapshot", a.snapshot);
  u.snapshot_file = a.snapshot;
  u.snapshot_interval = a.snapshot_interval;
  u.snapshot_at_end = a.snapshot_at_end;
  if (a.snapshot_at_end && a.snapshot.empty()) {
    throw usage_error("--snapshot-at-end: needs --snapshot FILE");
  }
  return u;
}

feed_settings feed_of(const arguments& a, std::size_t max_message) {
  feed_settings f;
  f.measurement = a.measurement;
  f.group_by = parse_grouping(a.group_by, a.group_by_measurement);
  f.window = window_of(a);
  f.points = a.points;
  f.max_message = max_message;
  // Of a file, --db and --rp say what its points belong to; of requests, which are taken.
  if (a.listen) {
    f.database = a.db;
    f.retention_policy = a.rp;
  }
  return f;
}

/// The servers that are spoken to, and who we are to each.
class influxdb_access {
 public:
  explicit influxdb_access(const arguments& a) : args_(a) {
    check_tls(a.tls);
    if (!a.influxdb.empty()) source_ = parse_url(a.influxdb, "--influxdb");
    who_ = authorization_of(a.who);
  }

  http_client::settings source() const { return client(*source_, who_); }

  /// Who we are to --influxdb is for no other server.
  http_client::settings output(const address& to) const {
    static constexpr login_names names{
        "--out-user",          "--out-password-file", "--out-token-file",    "INFLUX_OUT_USERNAME",
        "INFLUX_OUT_PASSWORD", "INFLUX_OUT_TOKEN",    "influx-out-password", "influx-out-token"};
    auto who = authorization_of(args_.out_who, names);
    if (who.empty() && (!source_ || same_server(to, *source_))) who = who_;
    return client(to, who);
  }

 private:
  static bool same_server(const address& a, const address& b) {
    return a.by == b.by && a.host == b.host && a.port == b.port;
  }
  http_client::settings client(const address& to, const std::string& who) const {
    const auto tls = to.by == scheme::https ? make_tls(args_.tls) : nullptr;
    return {to, std::chrono::seconds(10), who, tls, "kapacitor-udf-host"};
  }

  const arguments& args_;
  std::optional<address> source_;
  std::string who_;
};

/// Takes the database off the end of URL/DATABASE.
std::string take_database(address& from) {
  const auto slash = from.prefix.rfind('/');
  std::string database;
  if (slash != std::string::npos) database = percent_decoded(from.prefix.substr(slash + 1));
  if (database.empty()) {
    throw usage_error("--out-influxdb: write URL/DATABASE, such as http://127.0.0.1:8086/out");
  }
  from.prefix.resize(slash);
  return database;
}

write_destination destination_of(const arguments& a, address& server) {
  write_destination to;
  if (a.api == api_version::v1) {
    if (!a.org.empty() || !a.bucket.empty()) {
      throw usage_error("--org and --bucket are for --api v2");
    }
    to.database = take_database(server);
    to.retention_policy = a.out_rp;
    return to;
  }
  if (a.bucket.empty() || a.org.empty()) throw usage_error("--api v2 needs --org and --bucket");
  if (!a.out_rp.empty()) {
    throw usage_error("--out-rp is for --api v1: use --bucket DATABASE/POLICY");
  }
  to.api = api_version::v2;
  to.organisation = a.org;
  to.bucket = a.bucket;
  return to;
}

influx_output_settings influx_output_of(const arguments& a) {
  auto server = parse_url(a.out_influxdb, "--out-influxdb");
  const auto to = destination_of(a, server);
  influx_output_settings o;
  o.influxdb = {{protocol::influxdb, influxdb_access(a).output(server), to.database, a.out_rp},
                to.api == api_version::v1,
                /*is_source=*/false,
                a.connect_timeout};
  o.path = write_path(to);
  o.measurement = a.out_measurement;
  o.tags = a.out_tags;
  o.gzip = a.gzip;
  o.batch = a.batch;
  o.flush_interval = a.flush;
  o.patience = a.shutdown_timeout;
  return o;
}

/// Of line protocol.
std::int64_t unit_of(time_format format) {
  switch (format) {
    case time_format::s:
      return 1'000'000'000;
    case time_format::ms:
      return 1'000'000;
    case time_format::us:
      return 1'000;
    default:
      return 1;
  }
}

file_input_settings file_of(const arguments& a, const std::string& path) {
  file_input_settings f;
  f.path = path;
  f.text.format = a.format;
  f.text.table = a.table;
  f.text.table.path = path == "-" ? "stdin" : path;
  if (!a.measurement.empty()) f.text.table.measurement = a.measurement;
  f.text.table.measurement_yields = true;
  f.text.unit = a.table.time == time_format::automatic ? a.time_unit : unit_of(a.table.time);
  f.database = a.db;
  f.retention_policy = a.rp;
  return f;
}

void check_listen(const arguments& a) {
  if (!a.listen && !a.influxdb.empty()) {
    throw usage_error("--influxdb: needs --listen, the address that InfluxDB is to forward to");
  }
  if (!a.influxdb.empty() && a.db.empty()) {
    throw usage_error("--influxdb: needs --db, the database to subscribe to");
  }
  if (a.listen && !a.input.empty()) {
    throw usage_error("--input: cannot be used with --listen");
  }
}

source_settings source_of(const arguments& a) {
  check_listen(a);
  source_settings s;
  s.duration = a.duration.value_or(std::chrono::nanoseconds(0));
  s.until_idle = a.until_idle;
  if (!a.rp.empty()) s.retention_policy = a.rp;
  if (!a.influxdb.empty()) {
    s.influxdb = {{protocol::influxdb, influxdb_access(a).source(), a.db, s.retention_policy},
                  true,
                  /*is_source=*/true,
                  a.connect_timeout};
  }
  s.listen = a.listen;
  if (a.listen) return s;
  if (a.input.empty() && ::isatty(STDIN_FILENO)) {
    throw usage_error("no input: use --input FILE, --listen ADDR:PORT, or a pipe to stdin");
  }
  s.file = file_of(a, a.input.empty() ? "-" : a.input);
  return s;
}

run_settings common_settings_of(const arguments& a) {
  check_where(a.socket, a.exec);
  run_settings r;
  r.socket = a.socket;
  r.exec = a.exec;
  r.function = function_of(a);
  r.connect_timeout = a.connect_timeout;
  r.udf = udf_of(a, r.function, a.window || a.window_count);
  r.feed = feed_of(a, r.udf.connection.max_message);
  if (!a.out_influxdb.empty()) r.influx_output = influx_output_of(a);
  if (!a.output.empty()) r.output = a.output;
  if (a.output.empty() && a.out_influxdb.empty()) r.output = "-";
  r.report = report_of(a);
  return r;
}

}  // namespace

run_settings run_settings_of(const arguments& a) {
  auto r = common_settings_of(a);
  r.source = source_of(a);
  return r;
}

run_settings replay_settings_of(const arguments& a) {
  auto r = common_settings_of(a);
  r.command = "replay";
  r.source.file = file_of(a, a.recording);
  r.source.file.speed = static_cast<double>(a.milli_speed.value_or(0)) / 1000;
  r.source.file.shift_to_now = !a.rec_time;
  r.source.duration = a.duration.value_or(std::chrono::nanoseconds(0));
  return r;
}

record_settings record_settings_of(const arguments& a) {
  record_settings r;
  r.source = source_of(a);
  if (!a.duration && a.listen) r.source.duration = std::chrono::seconds(20);
  auto& to = r.recorder;
  to.path = a.recording;
  const bool srpl = a.recording.ends_with(".srpl") || a.recording.ends_with(".srpl.gz");
  to.format = srpl ? text_format::recording : text_format::lines;
  to.packed = a.recording.ends_with(".gz");
  to.measurement = a.measurement;
  to.points = a.points;
  if (a.listen) {
    to.database = a.db;
    to.retention_policy = a.rp;
  }
  r.report = report_of(a);
  return r;
}

}  // namespace kapacitor::udf::host
