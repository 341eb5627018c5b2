#include "run/metrics.hpp"

#include <string>

#include "base/metrics/metric_families.hpp"
#include "base/metrics/process_metrics.hpp"

namespace kapacitor::generator {
namespace {

const std::string prefix = "kapacitor_udf_generator_";

// Each leg has them.
constexpr counter_of<account> counters[] = {
    {"points_generated_total", &account::generated, "Points made."},
    {"points_accepted_total", &account::accepted, "Points that the target has taken."},
    {"points_rejected_total", &account::rejected, "Points that the target has refused for good."},
    {"points_dropped_total", &account::dropped, "Points given up because the target was away."},
    {"lines_bytes_total", &account::bytes, "Bytes of line protocol accepted."},
    {"wire_bytes_total", &account::wire_bytes, "Bytes of bodies sent, after compression."},
    {"requests_total", &account::requests, "Requests sent, those repeated included."},
    {"retries_total", &account::retries, "Requests sent again."},
    {"reconnects_total", &account::reconnects, "Connections made again."},
    {"outages_total", &account::outages, "Times that the target was away."}};

void add_accounts(metric_families& all, const tally& t) {
  for (const auto& c : counters) {
    all.counter(prefix + c.name, c.help);
    for (const auto& leg : t.legs) {
      all.add(static_cast<double>(leg.points.*c.value), {{"target", leg.name}});
    }
  }
  all.gauge(prefix + "points_unsent", "Points made that wait to be sent.");
  for (const auto& leg : t.legs) {
    all.add(static_cast<double>(leg.points.unsent), {{"target", leg.name}});
  }
}

void add_answers(metric_families& all, const tally& t) {
  all.counter(prefix + "answers_total", "Answers of the target, by status.");
  for (const auto& leg : t.legs) {
    for (const auto& [status, count] : leg.points.by_status) {
      all.add(static_cast<double>(count),
              {{"target", leg.name}, {"status", std::to_string(status)}});
    }
  }
}

void add_durations(metric_families& all, const tally& t, histogram leg_tally::*which) {
  for (const auto& leg : t.legs) all.add(leg.*which, {{"target", leg.name}});
}

}  // namespace

std::vector<prometheus::MetricFamily> to_metrics(const summary& s) {
  metric_families all;
  add_accounts(all, s.counted);
  add_answers(all, s.counted);
  all.summary(prefix + "answer_seconds", "Time from a request to its answer.");
  add_durations(all, s.counted, &leg_tally::service_time);
  all.summary(prefix + "from_schedule_seconds", "Time from when a request was due to its answer.");
  add_durations(all, s.counted, &leg_tally::time_from_schedule);
  all.summary(prefix + "lateness_seconds", "How late ticks were.").add(s.counted.lateness);
  all.counter(prefix + "ticks_skipped_total", "Ticks left out, too late to be made up for.")
      .add(static_cast<double>(s.counted.skipped));
  add_process_metrics(all, "kapacitor_udf_generator");
  return all.take();
}

}  // namespace kapacitor::generator
