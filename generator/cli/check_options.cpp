#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/tls.hpp"
#include "base/influxdb/url.hpp"
#include "base/text/error.hpp"
#include "cli/options.hpp"

namespace kapacitor::generator {
namespace {

/// A flag, and whether it was given.
using given_flags = std::vector<std::pair<const char*, bool>>;

void refuse(const given_flags& given, const std::string& why) {
  for (const auto& [name, is_given] : given) {
    if (is_given) throw usage_error(std::string(name) + " is not for " + why);
  }
}

given_flags of_scenarios(const settings& s) {
  return {{"--series", s.series.has_value()},
          {"--seed", s.seed.has_value()},
          {"--no-anomalies", !s.anomalies},
          {"--label-measurement", !s.label_measurement.empty()},
          {"--plot", s.plot},
          {"--start", s.start.has_value()},
          {"--end", s.end.has_value()}};
}

void check_host(const settings& s) {
  const std::string why = "--scenario host, which reads this machine";
  refuse({{"--measurement", s.measurement.has_value()},
          {"--labels", !s.labels.empty()},
          {"--labels-nab", !s.labels_nab.empty()},
          {"--speed max", s.at_once.value_or(false)}},
         why);
  refuse(of_scenarios(s), why);
}

void check_replay(const settings& s) {
  const std::string why = "replay, which takes values and times from the file";
  refuse(of_scenarios(s), why);
  refuse({{"--scenario", s.scenario != settings().scenario},
          {"--rate", s.milli_rate.has_value()},
          {"--interval", s.interval.has_value()},
          {"--ramp", s.ramp.count() > 0},
          {"--jitter", s.jitter.count() > 0},
          {"--timestamps send", s.stamp_when_sent},
          {"--on-lag skip", s.skip_late}},
         why);
}

void check_data(const settings& s) {
  if (s.what == command::replay) return check_replay(s);
  if (s.what == command::run && s.scenario == "host") check_host(s);
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
  if (s.to == destination::standard_output && s.report == "-") {
    throw usage_error("--summary - would mix with --dry-run");
  }
}

void take_urls(settings& s, const option_texts& t) {
  s.kapacitor_url = parse_url(t.kapacitor_url, "--kapacitor-url");
  if (s.to == destination::udp) {
    if (t.url.empty()) throw usage_error("--target udp needs --url udp://HOST:PORT");
    s.url = parse_udp_url(t.url, "--url");
  } else if (!t.url.empty()) {
    s.url = parse_url(t.url, "--url");
  } else {
    s.url = s.to == destination::kapacitor ? s.kapacitor_url
                                           : parse_url("http://127.0.0.1:8086", "--url");
  }
}

}  // namespace

void finish(settings& s, const option_texts& t) {
  check_data(s);
  check_tls(s.tls);
  s.authorization = authorization_of(t.who);
  if (s.database.empty()) throw usage_error("--db must not be empty");
  if (s.retention_policy.empty()) throw usage_error("--rp must not be empty");
  check_api(s);
  check_output(s);
  take_urls(s, t);
  if (s.quiet) {
    s.progress = {};
    s.level = std::max(s.level, log_level::warn);
  }
}

}  // namespace kapacitor::generator
