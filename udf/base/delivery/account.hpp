#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace kapacitor {

/// What has become of the points so far; generated = accepted + rejected + dropped + unsent,
/// always.
struct account {
  std::uint64_t generated = 0;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;  // the server would not take them
  std::uint64_t dropped = 0;   // the backlog would not hold them
  std::uint64_t unsent = 0;    // waiting, or on their way

  std::uint64_t in_doubt = 0;    // those of unsent that were sent, but no answer ever came
  std::uint64_t bytes = 0;       // of the lines accepted
  std::uint64_t wire_bytes = 0;  // of the bodies of all requests, compressed where they are
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;                           // those of requests that sent a batch again
  std::uint64_t resent = 0;                            // points accepted by a retry
  std::uint64_t outages = 0;                           // stretches without a useful answer
  std::uint64_t reconnects = 0;                        // connections made after the first
  std::map<int, std::uint64_t> by_status{};            // answers; 0: none came
  std::map<std::string, std::uint64_t> rejected_by{};  // points, by the server's words

  account& operator+=(const account& other);
};

}  // namespace kapacitor
