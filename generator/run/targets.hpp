#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/delivery/leg.hpp"
#include "base/influxdb/server.hpp"
#include "base/influxdb/tls.hpp"
#include "base/net/event_loop.hpp"
#include "run/settings.hpp"
#include "sink/file_target.hpp"

namespace kapacitor::generator {

/// Makes what a run's points go to, as often as it has lanes.
///
/// Errors:  usage_error
/// Threads: one at a time
class targets {
 public:
  struct options {
    bool create_database = true;  // again, if it is gone
    std::uint64_t seed = 1;       // of the pauses before retries
    bool unpaced = false;         // points come as fast as they are taken and never pile up
  };

  /// `to` and `how` must live as long.
  targets(const target_settings& to, const request_settings& how, options o);

  /// A lane's legs. `loop` is the one that the lane lives in, `lane` its number.
  std::vector<leg::plan> legs(event_loop& loop, std::size_t lane);

  // The servers, to be asked things. REQUIRES: there are such

  std::unique_ptr<server> influxdb(event_loop& loop) const;
  /// The Kapacitor that points are written to.
  std::unique_ptr<server> kapacitor(event_loop& loop) const;
  /// The Kapacitor that is to be subscribed.
  std::unique_ptr<server> subscriber(event_loop& loop) const;

 private:
  http_client::settings client(const address& to) const;
  std::string path_of(protocol p) const;
  leg::plan server_leg(event_loop& loop, protocol p, const address& to, std::size_t lane) const;
  leg::plan other_leg(event_loop& loop, std::size_t lane) const;
  delivery::settings delivery_to(std::string peer, std::size_t lane) const;

  const target_settings& settings_;
  const request_settings& how_;
  options options_;
  std::shared_ptr<tls_client> tls_;
  std::shared_ptr<line_file> file_;
};

}  // namespace kapacitor::generator
