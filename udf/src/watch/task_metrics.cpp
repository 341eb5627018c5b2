#include "watch/task_metrics.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/metrics/metric_families.hpp"
#include "base/metrics/process_metrics.hpp"
#include "base/numbers/number_row.hpp"

namespace kapacitor::udf::watch {
namespace {

using labels = metric_families::labels;
using supervise::function_view;
using supervise::task_view;

constexpr double ns = 1e-9;

/// A task's numbers under its labels.
struct labelled {
  labels of;
  task_view task;
};

void add_to(task_view& sum, const task_view& t) {
  const auto newest = std::max(sum.score.newest, t.score.newest);
  const auto snapshot_at = std::max(sum.totals.snapshot_at, t.totals.snapshot_at);
  add_each(sum.totals, t.totals);
  add_each(sum.sizes, t.sizes);
  add_each(sum.score, t.score);
  sum.score.newest = newest;
  sum.totals.snapshot_at = snapshot_at;
  sum.attached = sum.attached || t.attached;
}

/// A task may have several connections, as when Kapacitor starts it again; connections before Init
/// belong to none.
std::vector<labelled> tasks_of(const std::vector<function_view>& all) {
  std::vector<labelled> tasks;
  std::map<std::array<std::string, 3>, std::size_t> places;
  for (const auto& f : all) {
    for (const auto& t : f.tasks) {
      if (t.task.empty() && t.node.empty()) continue;
      std::array<std::string, 3> key{f.name, t.task, t.node};
      if (places.size() >= most_tasks && !places.contains(key)) key = {f.name, "other", "other"};
      const auto [found, fresh] = places.emplace(key, tasks.size());
      if (fresh) tasks.push_back({{{"function", key[0]}, {"task", key[1]}, {"node", key[2]}}, {}});
      add_to(tasks[found->second].task, t);
    }
  }
  return tasks;
}

labels with(labels all, std::string_view name, std::string_view value) {
  all.push_back({std::string(name), std::string(value)});
  return all;
}

/// A family with one number of each task.
struct number_of_task {
  std::string_view name, help;
  std::uint64_t (*value)(const task_view&);
};

constexpr number_of_task counters[] = {
    {"kapacitor_udf_worker_deaths_total", "Workers that have died while they had the task.",
     [](const task_view& t) { return t.totals.deaths; }},
    {"kapacitor_udf_poisoned_requests_total", "Requests skipped because they kill workers.",
     [](const task_view& t) { return t.totals.poisoned; }},
    {"kapacitor_udf_repeated_bytes_total", "Bytes of requests repeated to new workers.",
     [](const task_view& t) { return t.totals.requests_repeated; }},
    {"kapacitor_udf_different_answers_total",
     "Answers that a new worker gave differently from the one before.",
     [](const task_view& t) { return t.totals.answers_different; }},
    {"kapacitor_udf_forgotten_bytes_total",
     "Bytes of requests that no snapshot covers, for which there was no room in the journal.",
     [](const task_view& t) { return t.totals.bytes_forgotten; }},
    {"kapacitor_udf_snapshots_total", "Snapshots taken.",
     [](const task_view& t) { return t.totals.snapshots; }},
    {"kapacitor_udf_non_finite_fields_total", "Fields left out because they were NaN or infinite.",
     [](const task_view& t) { return t.score.now.non_finite_fields; }}};

constexpr number_of_task gauges[] = {
    {"kapacitor_udf_groups", "Groups that the task remembers.",
     [](const task_view& t) { return t.score.now.groups; }},
    {"kapacitor_udf_journal_bytes", "Bytes of requests kept since the last snapshot.",
     [](const task_view& t) { return t.sizes.journal; }},
    {"kapacitor_udf_snapshot_bytes", "Bytes of the last snapshot.",
     [](const task_view& t) { return t.sizes.snapshot; }},
    {"kapacitor_udf_queue_bytes", "Bytes of requests that wait, with a policy for overload.",
     [](const task_view& t) { return t.sizes.queue; }},
    {"kapacitor_udf_task_has_worker", "1 if a worker serves the task now.",
     [](const task_view& t) { return std::uint64_t{t.attached}; }}};

void add_numbers(metric_families& to, const std::vector<labelled>& tasks) {
  const auto each = [&](const number_of_task& n) {
    for (const auto& [of, t] : tasks) to.add(static_cast<double>(n.value(t)), of);
  };
  for (const auto& c : counters) {
    to.counter(c.name, c.help);
    each(c);
  }
  for (const auto& g : gauges) {
    to.gauge(g.name, g.help);
    each(g);
  }
}

void add_directions(metric_families& to, const std::vector<labelled>& tasks) {
  const auto both = [&](std::uint64_t journal::conversation_totals::*in,
                        std::uint64_t journal::conversation_totals::*out) {
    for (const auto& [of, t] : tasks) {
      to.add(static_cast<double>(t.totals.*in), with(of, "direction", "in"));
      to.add(static_cast<double>(t.totals.*out), with(of, "direction", "out"));
    }
  };
  using totals = journal::conversation_totals;
  to.counter("kapacitor_udf_points_total", "Points given to the function, and its answers.");
  both(&totals::points_in, &totals::points_out);
  to.counter("kapacitor_udf_batches_total", "Batches given to the function, and its answers.");
  both(&totals::batches_in, &totals::batches_out);
}

void add_reasons(metric_families& to, const std::vector<labelled>& tasks) {
  const auto by_reason = [&](reason_counts agent::session_totals::*which) {
    for (const auto& [of, t] : tasks) {
      (t.score.now.*which).for_each([&, &of = of](reason r, std::uint64_t n) {
        to.add(static_cast<double>(n), with(of, "reason", name_of(r)));
      });
    }
  };
  to.counter("kapacitor_udf_points_skipped_total", "Points without their answer, by reason.");
  by_reason(&agent::session_totals::skipped);
  for (const auto& [of, t] : tasks) {
    if (const auto n = t.totals.dropped.points; n != 0)
      to.add(static_cast<double>(n), with(of, "reason", "dropped_by_policy"));
  }
  to.counter("kapacitor_udf_answers_incomplete_total", "Answers that are not full, by reason.");
  by_reason(&agent::session_totals::incomplete);
  to.counter("kapacitor_udf_groups_forgotten_total", "Groups forgotten, by the limit reached.");
  for (const auto& [of, t] : tasks) {
    const auto& n = t.score.now;
    if (n.evicted_groups != 0)
      to.add(static_cast<double>(n.evicted_groups), with(of, "limit", "max_groups"));
    if (n.expired_groups != 0)
      to.add(static_cast<double>(n.expired_groups), with(of, "limit", "group_ttl"));
  }
}

void add_work(metric_families& to, const std::vector<labelled>& tasks) {
  to.histogram("kapacitor_udf_work_seconds",
               "Time from a read of requests to their answers; its sum is the time busy.");
  for (const auto& [of, t] : tasks) {
    const auto& work = t.score.work;
    std::vector<metric_families::bucket> buckets;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < work.counts.size(); ++i) {
      const bool last = i == work.ends.size();
      sum += work.counts[i];
      buckets.push_back({sum, last ? std::numeric_limits<double>::infinity()
                                   : static_cast<double>(work.ends[i].count()) * ns});
    }
    to.add(std::move(buckets), static_cast<double>(work.sum) * ns, of);
  }
}

/// What has not happened yet has no time.
void add_times(metric_families& to, const std::vector<labelled>& tasks) {
  const auto each = [&](auto ns_of) {
    for (const auto& [of, t] : tasks) {
      if (const auto at = static_cast<double>(ns_of(t)); at != 0) to.add(at * ns, of);
    }
  };
  to.gauge("kapacitor_udf_newest_point_timestamp_seconds",
           "Time of the newest point, by itself: how far behind the task is.");
  each([](const task_view& t) { return t.score.newest; });
  to.gauge("kapacitor_udf_snapshot_timestamp_seconds", "When the last snapshot was taken.");
  each([](const task_view& t) { return t.totals.snapshot_at; });
  to.counter("kapacitor_udf_snapshot_seconds_total",
             "Time from requests of snapshots to their answers.");
  for (const auto& [of, t] : tasks) to.add(static_cast<double>(t.totals.snapshot_time) * ns, of);
}

void add_functions(metric_families& to, const std::vector<function_view>& all) {
  const auto each = [&](auto value) {
    for (const auto& f : all) to.add(static_cast<double>(value(f)), {{"function", f.name}});
  };
  to.gauge("kapacitor_udf_connections", "Connections of Kapacitor.");
  each([](const function_view& f) { return f.tasks.size(); });
  to.gauge("kapacitor_udf_workers", "Processes that serve the function.");
  each([](const function_view& f) { return f.workers; });
  to.counter("kapacitor_udf_workers_started_total", "Processes started for the function.");
  each([](const function_view& f) { return f.workers_started; });
  to.gauge("kapacitor_udf_function_ready", "1 if Kapacitor can connect.");
  each([](const function_view& f) { return f.known ? 1 : 0; });
}

}  // namespace

std::vector<prometheus::MetricFamily> metrics_of(const std::vector<function_view>& all) {
  metric_families to;
  const auto tasks = tasks_of(all);
  add_directions(to, tasks);
  add_reasons(to, tasks);
  add_numbers(to, tasks);
  add_work(to, tasks);
  add_times(to, tasks);
  add_functions(to, all);
  add_process_metrics(to, "kapacitor_udf");
  return to.take();
}

}  // namespace kapacitor::udf::watch
