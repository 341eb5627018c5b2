#include "doctor/kapacitor_api.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/influxdb/url.hpp"

namespace kapacitor::udf::doctor {
namespace {

using nlohmann::json;

constexpr std::size_t page = 100;
constexpr char fields[] =
    "fields=status&fields=executing&fields=error&fields=script&script-format=raw";

template <class T>
T member(const json& object, const char* name, T otherwise) {
  const auto found = object.find(name);
  if (found == object.end()) return otherwise;
  const auto* value = found->get_ptr<const T*>();
  return value ? *value : otherwise;
}

kapacitor_task task_of(const json& object) {
  kapacitor_task t;
  t.id = member<std::string>(object, "id", "");
  t.error = member<std::string>(object, "error", "");
  t.script = member<std::string>(object, "script", "");
  t.enabled = member<std::string>(object, "status", "") == "enabled";
  t.executing = member<bool>(object, "executing", false);
  return t;
}

json parsed(const std::string& body, const std::string& url) {
  auto made = json::parse(body, nullptr, false);
  if (made.is_object()) return made;
  throw api_error(exit_code::failed, url + " does not answer as Kapacitor does");
}

}  // namespace

std::string kapacitor_api::call(http_verb verb, const std::string& path, const std::string& body) {
  std::optional<server_answer> got;
  http_client::request r{verb, path, body, "application/json"};
  client_.start(r, [&got](server_answer a) { got = std::move(a); });
  while (!got) loop_.run_until(steady_time::max());
  if (got->status >= 200 && got->status < 300) return got->message;
  const auto why = fmt::format("{}{}: {}", url(), path.substr(0, path.find('?')), got->message);
  if (got->status == 0)
    throw api_error(got->untrusted ? exit_code::refused : exit_code::unreachable, why);
  if (got->status == 401 || got->status == 403) throw api_error(exit_code::refused, why);
  throw api_error(exit_code::failed, fmt::format("{} (status {})", why, got->status));
}

std::vector<kapacitor_task> kapacitor_api::tasks() {
  std::vector<kapacitor_task> all;
  for (;;) {
    const auto path =
        fmt::format("/kapacitor/v1/tasks?{}&offset={}&limit={}", fields, all.size(), page);
    const auto answer = parsed(call(http_verb::get, path), url());
    const auto found = answer.find("tasks");
    if (found == answer.end() || !found->is_array() || found->empty()) return all;
    for (const auto& one : *found) all.push_back(task_of(one));
    if (found->size() < page) return all;
  }
}

kapacitor_task kapacitor_api::task(const std::string& id) {
  const auto path = fmt::format("/kapacitor/v1/tasks/{}?script-format=raw", percent_encoded(id));
  return task_of(parsed(call(http_verb::get, path), url()));
}

void kapacitor_api::set_enabled(const std::string& id, bool enabled) {
  const json body = {{"status", enabled ? "enabled" : "disabled"}};
  call(http_verb::patch, "/kapacitor/v1/tasks/" + percent_encoded(id), body.dump());
}

}  // namespace kapacitor::udf::doctor
