#include "base/influxdb/query.hpp"

#include <nlohmann/json.hpp>

#include "base/influxdb/url.hpp"

namespace kapacitor {

std::string identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string query_body(std::string_view statement) {
  return "q=" + percent_encoded(statement);
}

server_answer query_result(server_answer a) {
  if (a.status != 200) return a;
  const auto body = nlohmann::json::parse(a.message, nullptr, false);
  const nlohmann::json::json_pointer failed("/results/0/error");
  if (!body.is_object() || !body.contains(failed) || !body.at(failed).is_string()) return a;
  return {400, body.at(failed).get<std::string>()};
}

}  // namespace kapacitor
