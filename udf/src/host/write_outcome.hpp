#pragma once

#include <cstdint>
#include <string>

#include "host/http_client.hpp"

namespace kapacitor::udf::host {

/// What InfluxDB's answer to a write means.
struct write_outcome {
  enum class kind { done, again, no_database };
  kind verdict = kind::done;
  std::uint64_t lost = 0;  // points that it refused, of a write that is done with
  std::string reason;      // InfluxDB's words, for `lost` and `again`
};

/// `points`: how many were in the request.
write_outcome judge_write(const http_reply& reply, std::uint64_t points);

}  // namespace kapacitor::udf::host
