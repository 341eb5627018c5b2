#include "run/scenario_workload.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/numbers/saturated.hpp"
#include "base/text/error.hpp"
#include "run/clock_watch.hpp"
#include "scenario/scenario.hpp"
#include "source/host.hpp"
#include "source/synthetic.hpp"

namespace kapacitor::generator {
namespace {

/// A feed with the source that it reads.
class scenario_feed final : public feed {
 public:
  scenario_feed(std::unique_ptr<source> from, const tick_feed::plan& p, steady_time start)
      : source_(std::move(from)), feed_(*source_, p, start) {}

  void produce(steady_time now, batch_sink& to) override { feed_.produce(now, to); }
  steady_time wake(steady_time now, const batch_sink& to) const override {
    return feed_.wake(now, to);
  }
  void stop(batch_sink& to) override { feed_.stop(to); }
  bool finished() const override { return feed_.finished(); }
  const histogram& lateness() const override { return feed_.lateness(); }
  std::int64_t skipped() const override { return feed_.skipped(); }

 private:
  std::unique_ptr<source> source_;
  tick_feed feed_;
};

tick_interval interval_of(const settings& s, nanoseconds own, std::size_t points) {
  if (s.interval) return {s.interval->count(), 1};
  if (!s.milli_rate) return {own.count(), 1};
  const auto i = tick_interval::of_rate(points, *s.milli_rate);
  if (i.numerator < i.denominator) {
    throw usage_error("--rate: the points of a series would be less than 1ns apart");
  }
  return i;
}

void check_times(const settings& s) {
  const auto now = wall_time();
  if (!s.end || s.end->at(now) > (s.start ? s.start->at(now) : now)) return;
  throw usage_error("--end must be after --start");
}

source::range share(std::size_t all, std::size_t index, std::size_t of) {
  const auto first = all * index / of;
  return {first, all * (index + 1) / of - first};
}

}  // namespace

std::optional<log_line> overwriting(double interval, std::int64_t unit) {
  const auto share = 1 - interval / static_cast<double>(unit);
  if (share <= 0) return std::nullopt;
  log_line warning("points of a series have the same time, InfluxDB keeps the last of each");
  warning.add("overwritten", fmt::format("{:.2g}%", 100 * share))
      .add("interval", short_duration(nanoseconds(static_cast<std::int64_t>(interval))))
      .add("precision", short_duration(nanoseconds(unit)));
  return warning;
}

scenario chosen_scenario(const settings& s, const std::string& name) {
  auto chosen = load_scenario(name);
  if (s.measurement) {
    if (chosen.measurements.size() > 1) {
      throw usage_error(
          fmt::format("--measurement: {} has {} of them", name, chosen.measurements.size()));
    }
    for (auto& rule : chosen.anomalies) rule.measurement = *s.measurement;
    chosen.measurements[0].name = *s.measurement;
  }
  if (s.series) {
    for (auto& m : chosen.measurements) m.series = *s.series;
  }
  if (s.seed) chosen.seed = *s.seed;
  const auto ticks = interval_of(s, chosen.interval, series_of(chosen));
  chosen.interval = nanoseconds(std::max<std::int64_t>(1, ticks.numerator / ticks.denominator));
  return chosen;
}

scenario_workload::scenario_workload(const settings& s) : settings_(s) {
  if (s.scenario == "host") {
    live_ = true;
    points_per_tick_ = host_source().points_per_tick();
  } else {
    scenario_ = chosen_scenario(s, s.scenario);
    points_per_tick_ = series_of(scenario_);
  }
  if (!s.labels.empty() || !s.labels_nab.empty()) {
    truth_ = std::make_unique<label_files>(s.labels, s.labels_nab);
  }
  interval();
  check_times(s);
}

std::unique_ptr<source> scenario_workload::make_source(source::range series) const {
  if (live_) return std::make_unique<host_source>();
  const auto ticks = interval();
  synthetic_source::options o;
  o.anomalies = settings_.anomalies;
  o.truth = truth_.get();
  o.label_measurement = settings_.label_measurement;
  o.interval = static_cast<double>(ticks.numerator) / static_cast<double>(ticks.denominator) * 1e-9;
  return std::make_unique<synthetic_source>(scenario_, series, std::move(o));
}

std::size_t scenario_workload::most_lanes() const {
  return live_ ? 1 : points_per_tick_;
}

std::string scenario_workload::lane_limit() const {
  return live_ ? "this machine is one source" : "there are no more series";
}

bool scenario_workload::at_once() const {
  const bool prints = settings_.to == destination::standard_output;
  return settings_.at_once.value_or(prints && settings_.bounded() && !live_);
}

tick_interval scenario_workload::interval() const {
  return interval_of(settings_, scenario_.interval, points_per_tick_);
}

tick_feed::plan scenario_workload::plan(beginning b) const {
  const auto& s = settings_;
  tick_feed::plan p;
  p.at = {interval(), s.ramp, s.milli_speed};
  p.start_time = s.start ? s.start->at(b.wall) : b.wall;
  p.duration = s.duration;
  if (s.end) {
    const std::chrono::nanoseconds left(
        std::max<std::int64_t>(1, saturated_sub(s.end->at(b.wall), p.start_time)));
    p.duration = s.duration.count() > 0 ? std::min(s.duration, left) : left;
  }
  p.at_once = at_once();
  p.jitter = s.jitter;
  p.seed = scenario_.seed;
  p.skip_late = s.skip_late;
  p.unit = unit_of(s.precision);
  if (s.stamp_when_sent) p.clock = wall_time;
  p.flush = s.flush;
  // A batch that is more than a lane may keep would be dropped as a whole.
  p.batch.points = std::max<std::size_t>(1, std::min(s.batch, s.backlog_points / s.connections));
  p.batch.bytes = s.batch_bytes;
  return p;
}

/// How many of the run's points those series have, if there is a limit.
std::uint64_t scenario_workload::points_of(source::range series) const {
  const auto ticks = settings_.points / points_per_tick_;
  const auto rest = settings_.points % points_per_tick_;
  return ticks * series.count +
         std::min<std::uint64_t>(rest - std::min(rest, series.first), series.count);
}

std::unique_ptr<feed> scenario_workload::make_feed(std::size_t index, std::size_t lanes,
                                                   beginning b) {
  const auto series = share(points_per_tick_, index, lanes);
  auto p = plan(b);
  p.points = live_ ? settings_.points : points_of(series);
  if (settings_.points > 0 && p.points == 0) return nullptr;
  return std::make_unique<scenario_feed>(make_source(series), p, b.steady);
}

std::vector<log_line> scenario_workload::warnings(std::int64_t) const {
  // With the clock's times no two ticks have the same one.
  const auto i = interval();
  const auto step = static_cast<double>(i.numerator) / static_cast<double>(i.denominator);
  auto warning = overwriting(step, settings_.stamp_when_sent ? 1 : unit_of(settings_.precision));
  return warning ? std::vector{*warning} : std::vector<log_line>();
}

void scenario_workload::reopen() {
  if (truth_) truth_->reopen();
}

void scenario_workload::finish() {
  if (truth_) truth_->finish();
}

}  // namespace kapacitor::generator
