#include "watch/status.hpp"

#include <chrono>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace kapacitor::udf::watch {
namespace {

using nlohmann::json;
using supervise::function_view;
using supervise::task_view;

json by_reason(const reason_counts& counts) {
  json all = json::object();
  counts.for_each([&](reason r, std::uint64_t n) { all[std::string(name_of(r))] = n; });
  return all;
}

/// ns since 1970 as seconds; null: never.
json seconds_of(std::int64_t ns) {
  return ns == 0 ? json() : json(static_cast<double>(ns) * 1e-9);
}

json warning_of(const metrics::warning& w) {
  if (w.at == 0) return json();
  return {{"time", seconds_of(static_cast<std::int64_t>(w.at))}, {"text", w.text.view()}};
}

json json_of(const task_view& t) {
  const auto& now = t.score.now;
  auto skipped = by_reason(now.skipped);
  if (t.totals.dropped.points != 0) skipped["dropped_by_policy"] = t.totals.dropped.points;
  return {{"task", t.task},
          {"node", t.node},
          {"connection", t.connection},
          {"has_worker", t.attached},
          {"suspected", t.suspected},
          {"points_in", t.totals.points_in},
          {"points_out", t.totals.points_out},
          {"batches_in", t.totals.batches_in},
          {"batches_out", t.totals.batches_out},
          {"skipped", std::move(skipped)},
          {"incomplete", by_reason(now.incomplete)},
          {"groups", now.groups},
          {"groups_evicted", now.evicted_groups},
          {"groups_expired", now.expired_groups},
          {"newest_point", seconds_of(t.score.newest)},
          {"last_warning", warning_of(t.warned)},
          {"busy_seconds", static_cast<double>(t.score.work.sum) * 1e-9},
          {"worker_deaths", t.totals.deaths},
          {"poisoned", t.totals.poisoned},
          {"snapshots", t.totals.snapshots},
          {"snapshot_time", seconds_of(static_cast<std::int64_t>(t.totals.snapshot_at))},
          {"snapshot_seconds", static_cast<double>(t.totals.snapshot_time) * 1e-9},
          {"snapshot_bytes", t.sizes.snapshot},
          {"journal_bytes", t.sizes.journal},
          {"queue_bytes", t.sizes.queue}};
}

json json_of(const function_view& f) {
  json tasks = json::array();
  for (const auto& t : f.tasks) {
    if (!t.task.empty() || !t.node.empty()) tasks.push_back(json_of(t));
  }
  return {{"name", f.name},
          {"socket", f.path},
          {"ready", f.known},
          {"workers", f.workers},
          {"workers_started", f.workers_started},
          {"connections", f.tasks.size()},
          {"tasks", std::move(tasks)}};
}

}  // namespace

std::string status_of(const std::vector<function_view>& all) {
  json functions = json::array();
  for (const auto& f : all) functions.push_back(json_of(f));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const json status{{"version", KAPACITOR_UDF_VERSION},
                    {"time", std::chrono::duration<double>(now).count()},
                    {"functions", std::move(functions)}};
  // Names of tasks come from Kapacitor, and may be no UTF-8.
  return status.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string not_ready(const std::vector<function_view>& all) {
  for (const auto& f : all) {
    if (!f.known) return "function " + f.name + ": its agent has not said yet what it is";
    for (const auto& t : f.tasks) {
      if (t.waits_for_worker())
        return "function " + f.name + ": task " + t.task + " waits for a new worker";
    }
  }
  return {};
}

}  // namespace kapacitor::udf::watch
