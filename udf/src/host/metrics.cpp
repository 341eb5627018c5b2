#include "host/metrics.hpp"

#include <utility>

#include "base/metrics/metric_families.hpp"
#include "base/metrics/process_metrics.hpp"
#include "connect/log.hpp"
#include "host/summary.hpp"

namespace kapacitor::udf::host {
namespace {

const std::string prefix = "kapacitor_udf_host_";

// InfluxDB's words are among the reasons.
constexpr std::size_t most_reasons = 20;

constexpr counter_of<totals> counters[] = {
    {"points_received_total", &totals::received, "Points taken from the input."},
    {"points_filtered_total", &totals::filtered,
     "Of them, those of another measurement, database or retention policy."},
    {"points_refused_total", &totals::refused, "Points of HTTP requests answered 400."},
    {"invalid_lines_total", &totals::invalid_lines, "Lines that are no points."},
    {"points_sent_total", &totals::sent, "Points sent to the UDF, once for each of their batches."},
    {"batches_sent_total", &totals::batches_in, "Batches sent to the UDF."},
    {"points_answered_total", &totals::emitted, "Points that came from the UDF."},
    {"batches_answered_total", &totals::batches_out, "Batches that came from the UDF."},
    {"points_written_total", &totals::written, "Points written to --output."},
    {"points_stored_total", &totals::stored, "Points that InfluxDB has accepted."},
    {"retries_total", &totals::retries, "Requests sent to InfluxDB again."},
    {"snapshots_total", &totals::snapshots, "Snapshots taken."},
    {"snapshots_failed_total", &totals::snapshots_failed, "Snapshots that were not written."}};

void add_losses(metric_families& all, const totals& t) {
  all.counter(prefix + "points_lost_total", "Points lost, by reason.");
  std::uint64_t others = 0;
  std::size_t reasons = 0;
  for (const auto& [reason, n] : t.lost) {
    ++reasons > most_reasons ? void(others += n)
                             : void(all.add(static_cast<double>(n), {{"reason", reason}}));
  }
  if (others != 0) all.add(static_cast<double>(others), {{"reason", "other"}});
}

observation seen(const totals& t, const std::string& not_ready) {
  return {.metrics = to_metrics(t), .not_ready = not_ready, .status = summary_json(t, {})};
}

}  // namespace

std::vector<prometheus::MetricFamily> to_metrics(const totals& t) {
  metric_families all;
  for (const auto& c : counters)
    all.counter(prefix + c.name, c.help).add(static_cast<double>(t.*c.value));
  add_losses(all, t);
  all.gauge(prefix + "points_waiting", "Points that wait to be sent to the UDF, or to InfluxDB.")
      .add(static_cast<double>(t.unsent), {{"to", "udf"}})
      .add(static_cast<double>(t.storing), {{"to", "influxdb"}});
  all.gauge(prefix + "groups", "Groups seen.").add(static_cast<double>(t.groups));
  add_process_metrics(all, "kapacitor_udf_host");
  return all.take();
}

std::unique_ptr<metrics_server> serve_metrics(event_loop& loop, const report_settings& s,
                                              std::function<totals()> look,
                                              std::function<std::string()> not_ready) {
  if (!s.metrics) return nullptr;
  const metrics_server::settings how{
      .at = *s.metrics, .program = "kapacitor-udf-host", .log = log().sink().write};
  auto made = std::make_unique<metrics_server>(
      how, looked_at_by([&loop](auto what) { loop.post(std::move(what)); },
                        [look = std::move(look), not_ready = std::move(not_ready)] {
                          return seen(look(), not_ready());
                        }));
  log().log(log_level::info, log_line("metrics served").add("address", made->at().text()));
  return made;
}

}  // namespace kapacitor::udf::host
