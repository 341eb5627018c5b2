#include "functions/detection/anomaly.hpp"

#include <initializer_list>
#include <utility>

#include "functions/detection/explanation.hpp"
#include "functions/points/group_header.hpp"
#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Of the sum of all that is new, and of a gap.
constexpr double usual_threshold = 2.2, usual_gap = 1.8;
// −log10 of how often a value so far off comes: beyond that of one in a hundred it is evidence.
constexpr double one_of_hundred = 2, usual_rarity = 1.6;
constexpr std::array<std::string_view, evidences> evidence_names = {
    "season",     "jump",  "surprise", "regime",     "value",
    "likelihood", "local", "profile",  "standstill", "gap"};

}  // namespace

udf::schema<anomaly::options> anomaly::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to watch, a number", udf::not_empty())
      .optional("sensitivity", &options::sensitivity,
                "2.0 takes half the evidence for an anomaly, 0.5 twice as much",
                udf::between(0.01, 100.0))
      .optional("warmup", &options::warmup, "points before the first anomaly",
                udf::between(1, 1'000'000))
      .optional("eventPoints", &options::event_points,
                "points that an event lasts: no further anomaly for a fifth of them, and a higher "
                "threshold that falls back within twenty times as many",
                udf::between(1, 1'000'000))
      .optional("season", &options::season, "length of the season, such as 24h (0s: none)",
                udf::between(nanoseconds(0), nanoseconds(hours(24 * 366))))
      .flag("detectGaps", &options::detect_gaps,
            "missing points are an anomaly, too: found by the first point after the gap")
      .flag(
          "onlyNew", &options::only_new,
          "only what was never there before is an anomaly: nothing that recurs, and no standstill")
      .output_only()
      .flag("explain", &options::explain,
            "write what was expected, what is unusual in words, and each evidence")
      .output_only()
      .with(udf::clock())
      .with(output("all fields written begin with it"));
}

void anomaly::options::check() {
  if (season.count() > 0 && season < seconds(24)) {
    throw udf::option_error("season must be 0s (none) or at least 24s, got " +
                            udf::to_string(season));
  }
  settings = {.threshold = usual_threshold / sensitivity,
              .rarity = one_of_hundred + usual_rarity / sensitivity,
              .gap_threshold = usual_gap / sensitivity,
              .warmup = warmup,
              .event_points = event_points,
              .detect_gaps = detect_gaps,
              .only_new = only_new,
              .season = season};
  for (const auto& [name, text] :
       std::initializer_list<std::pair<std::string*, const char*>>{{&score, "score"},
                                                                   {&is_anomaly, "is_anomaly"},
                                                                   {&raw, "raw"},
                                                                   {&incident, "incident"},
                                                                   {&end, "end"},
                                                                   {&length, "length"},
                                                                   {&peak, "peak"},
                                                                   {&reason, "reason"},
                                                                   {&expected, "expected"},
                                                                   {&lower, "lower"},
                                                                   {&upper, "upper"}}) {
    *name = as + "_" + text;
  }
  for (std::size_t i = 0; i < evidences; ++i) {
    evidence[i] = as + "_" + std::string(evidence_names[i]);
  }
}

void anomaly::on_point(const udf::point& p, udf::emitter& out) {
  const auto& o = *options_;
  const auto x = finite_number(p, o.field);
  if (!x) return skip_without_number(p, o.field, out);
  const auto result = model_.update(p.time(), *x, o.settings);
  auto all = fields_of(result);
  if (!o.explain || result.raw < 1) {
    all.send(p, o.keep, out);
  } else {
    const explanation why(*x, result, o.season);
    all.add(o.reason, why.text()).send(p, o.keep, out);
  }
  if (!o.detect_gaps) return;
  gap_reported_ = false;
  group_.keep(p);
  live_.follow(p.time());
}

void anomaly::on_time(udf::timestamp now, udf::emitter& out) {
  const auto live = gap_reported_ ? std::nullopt : live_.time(now);
  if (!live) return;
  const auto result = model_.judge_pause(*live, options_->settings);
  if (!result.is_anomaly) return;
  gap_reported_ = true;
  const group_header group(group_);
  fields_of(result).send(group.header(), *live, out);
}

anomaly::fields anomaly::fields_of(const anomaly_result& result) const {
  const auto& o = *options_;
  fields all;
  all.add(o.score, result.score).add(o.is_anomaly, result.is_anomaly).add(o.raw, result.raw);
  add_incident(result, all);
  if (o.explain) add_evidence(result, all);
  return all;
}

void anomaly::add_incident(const anomaly_result& result, fields& all) const {
  const auto& incident = model_.last_incident();
  const auto& o = *options_;
  if (!incident.is_open() && !result.incident_ends) return;
  all.add(o.incident, incident.first().time_since_epoch().count());
  if (result.incident_ends) all.add(o.end, incident.last().time_since_epoch().count());
  all.add(o.length, incident.points()).add(o.peak, incident.peak());
}

void anomaly::add_evidence(const anomaly_result& result, fields& all) const {
  const auto& o = *options_;
  const auto& e = result.expected;
  if (e.is_known) {
    all.add(o.expected, e.value).add(o.lower, e.lower).add(o.upper, e.upper);
  }
  for (std::size_t i = 0; i < evidences; ++i) all.add(o.evidence[i], result.evidence[i]);
}

void anomaly::migrate(unsigned, udf::state_reader& in) {
  model_.read_version_1(in, options_->season);
  in.read(gap_reported_);
  in.read(group_);
  in.read(live_);
}

}  // namespace kapacitor::udf::functions
