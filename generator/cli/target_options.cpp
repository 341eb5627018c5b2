#include "base/influxdb/access_options.hpp"
#include "base/influxdb/gzip.hpp"
#include "cli/options.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t largest_datagram = 65'507;

constexpr choice<destination> destinations[] = {
    {"influxdb", destination::influxdb}, {"kapacitor", destination::kapacitor},
    {"both", destination::both},         {"stdout", destination::standard_output},
    {"file", destination::file},         {"udp", destination::udp},
    {"null", destination::nowhere}};
constexpr choice<precision> precisions[] = {{"ns", precision::ns},
                                            {"u", precision::u},
                                            {"us", precision::u},
                                            {"ms", precision::ms},
                                            {"s", precision::s}};
constexpr choice<api_version> versions[] = {{"v1", api_version::v1}, {"v2", api_version::v2}};
constexpr choice<subscribe_mode> modes[] = {{"auto", subscribe_mode::automatic},
                                            {"off", subscribe_mode::off},
                                            {"require", subscribe_mode::require}};

flag_value consistency_value(std::string& to) {
  static constexpr choice<std::string_view> levels[] = {
      {"any", "any"}, {"one", "one"}, {"quorum", "quorum"}, {"all", "all"}};
  auto made = parsed_value("any|one|quorum|all",
                           [&to](const std::string& t) { to = parse_choice(t, levels); });
  made.allowed = names_of<std::string_view>(levels);
  return made;
}

void add_place(option_rows& rows, settings& s, option_texts& t) {
  option_group g(rows, "Target");
  g.add("target", choice_value(s.to, destinations), "where the points go");
  g.add("url", text_value("URL", t.url), "its address")
      .by_default("http://127.0.0.1:8086; for kapacitor --kapacitor-url");
  g.add("kapacitor-url", text_value("URL", t.kapacitor_url),
        "the Kapacitor that is to be subscribed, or of both");
  g.add("output", text_value("PATH", s.output), "with --target file: a new file");
  g.add("udp-payload", count_value(s.udp_payload, {1, largest_datagram}),
        "most bytes in a datagram");
  g.add("dry-run",
        parsed_value("",
                     [&s](const std::string& on) {
                       if (on == "true") s.to = destination::standard_output;
                     }),
        "write line protocol to stdout, send nothing: --target stdout")
      .never_with("target")
      .value.type = flag_value::kind::toggle;
}

void add_database(option_rows& rows, settings& s) {
  option_group g(rows, "Database");
  g.add("db", text_value("NAME", s.database), "database, created if it is missing");
  g.add("rp", text_value("NAME", s.retention_policy), "retention policy");
  g.add("no-create-db", toggle_value(s.create_database, false), "do not create the database");
  g.add("precision", choice_value(s.precision, precisions), "of the times in the lines");
  g.add("consistency", consistency_value(s.consistency), "of a cluster's writes")
      .by_default("the server's own");
  g.add("api", choice_value(s.api, versions), "of InfluxDB; v2 writes to --bucket instead of --db");
  g.add("org", text_value("NAME", s.organisation), "organisation, with --api v2");
  g.add("bucket", text_value("NAME", s.bucket), "with --api v2");
}

void add_waiting(option_rows& rows, settings& s) {
  option_group g(rows, "Before the first point");
  g.add("subscribe", choice_value(s.subscribe, modes), "have Kapacitor subscribed to the database");
  g.add("wait-for-subscription", duration_value(s.wait_for_subscription),
        "wait that long for anybody to subscribe to the database");
  g.add("connect-timeout", duration_value(s.connect_timeout),
        "wait that long for the server to answer; 0: one try");
}

void add_access(option_rows& rows, settings& s, option_texts& t) {
  option_group g(rows, "Access");
  kapacitor::add_access(g, t.who, s.tls);
  g.add(
       "gzip",
       parsed_value("off|1..9", [&s](const std::string& text) { s.gzip = parse_gzip_level(text); }),
       "compress requests: 1 fast, 9 small")
      .by_default("off")
      .value.type = flag_value::kind::number;
}

}  // namespace

void add_target_options(option_rows& rows, settings& s, option_texts& t) {
  add_place(rows, s, t);
  add_database(rows, s);
  add_waiting(rows, s);
  add_access(rows, s, t);
}

}  // namespace kapacitor::generator
