#include "functions/detection/anomaly.hpp"

#include "functions/points/group_header.hpp"
#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr double usual_threshold = 1.8;
constexpr std::array<std::string_view, evidences> evidence_names = {
    "season", "jump", "surprise", "regime", "value", "likelihood", "gap"};

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
      .flag("explain", &options::explain, "write each evidence as a field of its own")
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
              .warmup = warmup,
              .event_points = event_points,
              .detect_gaps = detect_gaps,
              .season = season};
  score = as + "_score";
  is_anomaly = as + "_is_anomaly";
  raw = as + "_raw";
  for (std::size_t i = 0; i < evidences; ++i) {
    evidence[i] = as + "_" + std::string(evidence_names[i]);
  }
}

void anomaly::on_point(const udf::point& p, udf::emitter& out) {
  const auto& o = *options_;
  const auto x = finite_number(p, o.field);
  if (!x) return skip_without_number(p, o.field, out);
  fields_of(model_.update(p.time(), *x, o.settings)).send(p, o.keep, out);
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
  if (o.explain) {
    for (std::size_t i = 0; i < evidences; ++i) all.add(o.evidence[i], result.evidence[i]);
  }
  return all;
}

}  // namespace kapacitor::udf::functions
