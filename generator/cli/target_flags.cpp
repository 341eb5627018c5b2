#include "cli/flags.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t largest_datagram = 65'507;

/// The flags that say which database.
void add_database_flags(flags& f, settings& s) {
  f.string("--db", "NAME", "database, created if missing (demo)", s.database);
  f.string("--rp", "NAME", "retention policy (autogen)", s.retention_policy);
  f.flag("--create-db", "create the database if it is missing, which it does anyway",
         [&s] { s.create_database = true; });
  f.excludes(
      f.flag("--no-create-db", "do not create the database", [&s] { s.create_database = false; }),
      "--create-db");
  f.choice<precision>("--precision", "of the times in the lines (ns)", s.precision,
                      {{"ns", precision::ns},
                       {"u", precision::u},
                       {"us", precision::u},
                       {"ms", precision::ms},
                       {"s", precision::s}});
  f.choice<std::string>("--consistency", "of a cluster's writes (the server's own)", s.consistency,
                        {{"any", "any"}, {"one", "one"}, {"quorum", "quorum"}, {"all", "all"}});
  f.choice<api_version>("--api", "of InfluxDB; v2 writes to --bucket instead of --db (v1)", s.api,
                        {{"v1", api_version::v1}, {"v2", api_version::v2}});
  f.string("--org", "NAME", "organisation, with --api v2", s.organisation);
  f.string("--bucket", "NAME", "with --api v2", s.bucket);
}

/// The flags that say whom to wait for.
void add_waiting_flags(flags& f, settings& s) {
  f.choice<subscribe_mode>(
      "--subscribe", "before the first point, have Kapacitor subscribed to the database (auto)",
      s.subscribe,
      {{"auto", subscribe_mode::automatic},
       {"off", subscribe_mode::off},
       {"require", subscribe_mode::require}});
  f.duration("--wait-for-subscription",
             "wait that long for anybody to subscribe to the database (0)",
             s.wait_for_subscription);
  f.duration("--wait-for-server", "wait that long for the server to answer (30s)",
             s.wait_for_server);
}

void check_api(const settings& s) {
  if (s.api == api_version::v1) {
    if (!s.organisation.empty() || !s.bucket.empty()) {
      throw usage_error("--org and --bucket are for --api v2");
    }
    return;
  }
  if (s.to != destination::influxdb && s.to != destination::both) {
    throw usage_error("--api v2 is for --target influxdb and both");
  }
  if (s.bucket.empty()) throw usage_error("--api v2 needs --bucket");
  if (s.organisation.empty()) throw usage_error("--api v2 needs --org");
  if (!s.consistency.empty()) throw usage_error("--consistency is for --api v1");
}

void check_output(const settings& s) {
  if (s.to == destination::file && s.output.empty()) {
    throw usage_error("--target file needs --output");
  }
  if (s.to != destination::file && !s.output.empty()) {
    throw usage_error("--output is for --target file");
  }
}

}  // namespace

void add_target_flags(CLI::App& app, settings& s, flag_texts& t) {
  flags f(app, "Target");
  f.choice<destination>("--target", "where the points go (influxdb)", s.to,
                        {{"influxdb", destination::influxdb},
                         {"kapacitor", destination::kapacitor},
                         {"both", destination::both},
                         {"stdout", destination::standard_output},
                         {"file", destination::file},
                         {"udp", destination::udp},
                         {"null", destination::nowhere}});
  f.string("--url", "URL", "its address (http://127.0.0.1:8086; for kapacitor --kapacitor-url)",
           t.url);
  f.string("--kapacitor-url", "URL",
           "the Kapacitor that is to be subscribed, or of both (http://127.0.0.1:9092)",
           t.kapacitor_url);
  f.string("--output", "PATH", "with --target file: made anew", s.output);
  f.count("--udp-payload", "most bytes in a datagram (1400)", s.udp_payload, 1, largest_datagram);
  add_database_flags(f, s);
  add_waiting_flags(f, s);
  f.excludes(f.flag("--dry-run", "write line protocol to stdout, send nothing: --target stdout",
                    [&s] { s.to = destination::standard_output; }),
             "--target");
}

void finish_target(settings& s, const flag_texts& t) {
  if (s.database.empty()) throw usage_error("--db must not be empty");
  if (s.retention_policy.empty()) throw usage_error("--rp must not be empty");
  check_api(s);
  check_output(s);
  s.kapacitor_url = parse_url(t.kapacitor_url, "--kapacitor-url");
  if (s.to == destination::udp) {
    if (t.url.empty()) throw usage_error("--target udp needs --url udp://HOST:PORT");
    s.url = parse_udp_url(t.url, "--url");
  } else if (!t.url.empty()) {
    s.url = parse_url(t.url, "--url");
  } else if (s.to == destination::kapacitor) {
    s.url = s.kapacitor_url;
  } else {
    s.url = parse_url("http://127.0.0.1:8086", "--url");
  }
}

}  // namespace kapacitor::generator
