#include "run/targets.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "base/delivery/write_target.hpp"
#include "sink/udp_target.hpp"

namespace kapacitor::generator {
namespace {

std::string peer_name(protocol p, const address& to) {
  return (p == protocol::kapacitor ? "Kapacitor at " : "InfluxDB at ") + to.text();
}

/// Reading the certificates of all CAs takes as long as the rest of the start.
bool wants_tls(const target_settings& s) {
  const bool has_files = !s.tls.ca.empty() || !s.tls.cert.empty() || !s.tls.key.empty();
  return has_files || s.url.by == scheme::https || s.kapacitor_url.by == scheme::https;
}

}  // namespace

targets::targets(const target_settings& s, const request_settings& how, options o)
    : settings_(s), how_(how), options_(o), tls_(wants_tls(s) ? make_tls(s.tls) : nullptr) {
  if (s.to == destination::standard_output) file_ = line_file::standard_output();
  if (s.to == destination::file) file_ = line_file::create(s.output);
}

std::vector<leg::plan> targets::legs(event_loop& loop, std::size_t lane) {
  const auto& s = settings_;
  std::vector<leg::plan> made;
  if (s.to == destination::influxdb || s.to == destination::both) {
    made.push_back(server_leg(loop, protocol::influxdb, s.url, lane));
  }
  if (s.to == destination::both) {
    made.push_back(server_leg(loop, protocol::kapacitor, s.kapacitor_url, lane));
  }
  if (s.to == destination::kapacitor) {
    made.push_back(server_leg(loop, protocol::kapacitor, s.url, lane));
  }
  if (made.empty()) made.push_back(other_leg(loop, lane));
  return made;
}

delivery::settings targets::delivery_to(std::string peer, std::size_t lane) const {
  const auto& s = how_;
  const bool unpaced = options_.unpaced;
  delivery::settings d;
  d.peer = std::move(peer);
  d.max_age = unpaced ? delivery::nanoseconds::max() : s.backlog_age;
  d.max_points =
      unpaced ? UINT64_MAX : std::max<std::uint64_t>(1, s.backlog_points / s.connections);
  d.max_bytes = s.backlog_bytes / s.connections;
  d.create_database = options_.create_database && settings_.api == api_version::v1;
  d.retry = s.retry;
  // Two generators that lose their server together must not come back together, nor two lanes.
  d.seed = options_.seed ^ static_cast<std::uint64_t>(::getpid()) << 32U ^ lane << 20U;
  return d;
}

leg::plan targets::server_leg(event_loop& loop, protocol p, const address& to,
                              std::size_t lane) const {
  auto how = delivery_to(peer_name(p, to), lane);
  how.create_database = how.create_database && p == protocol::influxdb;
  return {std::move(how),
          std::make_unique<write_target>(loop.io(), client(to), path_of(p), settings_.gzip)};
}

leg::plan targets::other_leg(event_loop& loop, std::size_t lane) const {
  const auto& s = settings_;
  if (s.to == destination::nowhere) {
    return {delivery_to("nowhere", lane), std::make_unique<null_target>(), exit_code::failed};
  }
  if (s.to == destination::udp) {
    return {delivery_to(s.url.text(), lane),
            std::make_unique<udp_target>(loop.io(), s.url, s.udp_payload), exit_code::failed};
  }
  const auto name = s.to == destination::file ? s.output : "stdout";
  return {delivery_to(name, lane), std::make_unique<file_target>(file_, !options_.unpaced),
          exit_code::failed};
}

std::string targets::path_of(protocol p) const {
  const auto& s = settings_;
  const bool v2 = p == protocol::influxdb && s.api == api_version::v2;
  return write_path({p, s.api, s.database, s.retention_policy, s.organisation, s.bucket,
                     name_of(s.precision, v2), s.consistency});
}

http_client::settings targets::client(const address& to) const {
  const auto& s = settings_;
  // Who we are is for the one server that it was said for.
  const bool known = to.text() == s.url.text();
  return {to, s.timeout, known ? s.authorization : "", to.by == scheme::https ? tls_ : nullptr,
          "kapacitor-udf-generator"};
}

std::unique_ptr<server> targets::influxdb(event_loop& loop) const {
  const auto& s = settings_;
  return std::make_unique<server>(
      loop, server::settings{protocol::influxdb, client(s.url), s.database, s.retention_policy});
}

std::unique_ptr<server> targets::kapacitor(event_loop& loop) const {
  const auto& s = settings_;
  const auto& to = s.to == destination::both ? s.kapacitor_url : s.url;
  return std::make_unique<server>(
      loop, server::settings{protocol::kapacitor, client(to), s.database, s.retention_policy});
}

std::unique_ptr<server> targets::subscriber(event_loop& loop) const {
  auto with = client(settings_.kapacitor_url);
  with.timeout = std::chrono::seconds(5);
  return std::make_unique<server>(loop, server::settings{protocol::kapacitor, with, {}, {}});
}

}  // namespace kapacitor::generator
