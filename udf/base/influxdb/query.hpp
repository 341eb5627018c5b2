#pragma once

#include <string>
#include <string_view>

#include "base/influxdb/server_answer.hpp"

namespace kapacitor {

/// For InfluxQL: a name in double quotes.
std::string identifier(std::string_view name);

/// The body of a POST to /query, of this type.
std::string query_body(std::string_view statement);
constexpr std::string_view query_type = "application/x-www-form-urlencoded";

/// The answer to that; of a statement that failed, which InfluxDB tells within an answer of 200,
/// one of 400 with the reason.
server_answer query_result(server_answer a);

}  // namespace kapacitor
