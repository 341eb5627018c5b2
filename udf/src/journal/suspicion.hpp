#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>

#include "journal/request_log.hpp"

namespace kapacitor::udf::journal {

/// Which request kills the workers: a worker that dies leaves a stretch of requests that it was
/// sent and had not confirmed. If the next one dies in the same stretch, requests are sent one at a
/// time there, each confirmed before the next. A request that kills two workers that way is the
/// one.
class suspicion {
 public:
  /// A worker died that had confirmed the requests before `confirmed` and was sent those before
  /// `sent`. Returns: where the request begins that is to blame for sure
  std::optional<position> died(position confirmed, position sent);
  /// All requests before `confirmed` have been worked off.
  void passed(position confirmed);
  /// Whether the request that begins there is to be sent alone.
  bool one_at_a_time(position at) const { return careful_ && at >= from_ && at < to_; }
  bool careful() const { return careful_; }
  /// Where the stretch begins.
  position from() const { return from_; }
  auto state() { return std::tie(deaths_, careful_, from_, to_, alone_); }

 private:
  unsigned deaths_ = 0;  // in the stretch
  bool careful_ = false;
  position from_ = 0, to_ = 0;          // the stretch
  std::map<position, unsigned> alone_;  // deaths of workers that were sent one request only
};

}  // namespace kapacitor::udf::journal
