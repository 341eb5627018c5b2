#include "watch/group_points.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/influxdb/url.hpp"
#include "metrics/group_watches.hpp"

namespace kapacitor::udf::watch {
namespace {

using metrics::seen_point;
using metrics::watched_group;
using nlohmann::json;

constexpr unsigned ok = 200, bad_request = 400, not_found = 404, unavailable = 503;

json json_of(const seen_point& p) {
  json fields = json::object();
  for (std::size_t i = 0; i < std::min<std::size_t>(p.size, seen_point::most_fields); ++i) {
    const auto& f = p.fields[i];
    fields[std::string(f.name.view())] = f.is_bool != 0 ? json(f.value != 0) : json(f.value);
  }
  return {{"time", static_cast<double>(p.time) * 1e-9},
          {"answer", p.answer != 0},
          {"group", p.group.view()},
          {"fields", std::move(fields)}};
}

std::string text_of(const watched_group& seen) {
  json points = json::array();
  for (const auto& p : seen.points) points.push_back(json_of(p));
  const json all{{"next", seen.next}, {"missed", seen.missed}, {"points", std::move(points)}};
  // Names and tags come from those who write points, and may be no UTF-8.
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

http_reply group_seen(const server::sight& program, const std::string& query) {
  const metrics::watch_request wanted{.function = parameter(query, "function"),
                                      .task = parameter(query, "task"),
                                      .node = parameter(query, "node"),
                                      .group = parameter(query, "group"),
                                      .since = parameter(query, "since")};
  if (wanted.function.empty() || wanted.task.empty())
    return json_error(bad_request, "write /watch?function=NAME&task=NAME&node=NAME");
  const auto seen = program.watch(wanted);
  if (!seen) return json_error(unavailable, "the program's loop does not turn");
  switch (seen->what) {
    case watched_group::how::seen:
      return {ok, text_of(*seen), "application/json"};
    case watched_group::how::no_such_task:
      return json_error(not_found, "there is no such task now, or it is one of an agent");
    default:
      return json_error(unavailable,
                        std::to_string(metrics::group_watches::most) +
                            " groups of this function are watched already: close a page");
  }
}

}  // namespace kapacitor::udf::watch
