#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kapacitor {

/// What came back for a request.
struct server_answer {
  int status = 0;         // 0: there was no answer
  std::string message{};  // the server's own words for what is wrong, or why there was no answer
  std::optional<std::chrono::seconds> retry_after{};
  bool in_doubt = false;         // no answer, yet the server may have got the request
  bool untrusted = false;        // no answer, because its certificate or TLS was refused
  bool foreign = false;          // an error that is not in InfluxDB's words: a proxy's, perhaps
  bool connected = false;        // a connection was made for it
  std::uint64_t wire_bytes = 0;  // of the body, as it was sent
};

/// What to do about it.
enum class verdict {
  accepted,
  rejected,     // the server does not want some of the points, now or ever
  retry,        // it may take them later
  too_large,    // it may take them in smaller pieces
  no_database,  // it may take them once there is one
  refused       // it will take no points of ours
};

struct ruling {
  verdict what = verdict::accepted;
  std::size_t rejected = 0;  // points; only with verdict::rejected
};

/// Judges InfluxDB's or Kapacitor's answer to a write of that many points.
ruling judge(const server_answer& a, std::size_t points);

/// The error in a body such as {"error": "..."}, or {"code": ..., "message": "..."} of InfluxDB 2;
/// empty if it is something else.
std::string error_member(std::string_view body);
/// The same, or the body itself if it is something else.
std::string error_text(std::string_view body);

}  // namespace kapacitor
