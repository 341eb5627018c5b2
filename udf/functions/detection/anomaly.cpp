#include "functions/detection/anomaly.hpp"

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
      .optional("warmup", &options::warmup, "points of each group before the first anomaly",
                udf::between(1, 1'000'000))
      .optional("scale", &options::scale,
                "points for which an anomaly matters: after one, none for a fifth of them, and a "
                "higher threshold that falls back within twenty times as many",
                udf::between(1, 1'000'000))
      .optional("season", &options::season, "what repeats, such as 24h; 0s: nothing does",
                udf::between(nanoseconds(0), nanoseconds(hours(24 * 366))))
      .flag("gaps", &options::gaps,
            "points that are missing are an anomaly, too: found by the first one after the gap")
      .flag("explain", &options::explain, "write each evidence as a field of its own")
      .with(output("what the names of the fields begin with"));
}

void anomaly::options::check() {
  if (season.count() > 0 && season < seconds(24)) {
    throw udf::option_error("season must be 0s (none) or at least 24s, got " +
                            udf::to_string(season));
  }
  settings = {.threshold = usual_threshold / sensitivity,
              .warmup = warmup,
              .scale = scale,
              .gaps = gaps,
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
  if (!x) return out.skip();
  const auto result = model_.update(p.time(), *x, o.settings);
  answer<3 + evidences> fields;
  fields.add(o.score, result.score).add(o.is_anomaly, result.is_anomaly).add(o.raw, result.raw);
  if (o.explain) {
    for (std::size_t i = 0; i < evidences; ++i) fields.add(o.evidence[i], result.evidence[i]);
  }
  fields.send(p, o.keep, out);
}

udf::description anomaly::describe() {
  return {
      .computes =
          R"(How much the newest point differs from the group's past, from seven pieces of evidence. Each is a number that
grows as a quantity leaves the range that it has had (a range that closes in by a hundred-thousandth of its width with
each point), in parts of that range:

- `season`: the value minus the mean of its part of the season, of which there are 24, over about seven seasons;
- `jump`: the value minus the mean of about the last two;
- `surprise`, `regime`: the mean over about 5 and 40 points of −log10 of how often such values came so far, by a histogram of
  asinh(2 (x − mean) / stddev) in 17 bins, mean and deviation over about the last 8000 points;
- `value`: the value itself;
- `likelihood`: how unlikely the mean of that surprise over 20 points is, as a Gaussian;
- `gap`, with the option `gaps`: how much longer than any before the pause before this point was, in usual pauses.

Each counts 1 where by itself it would alarm about as rarely as any other, and at most 4. Their sum over the threshold
(1.8 / sensitivity) is `raw`. The score is 1 − 2^(−raw / (1 + pressure)); from 0.5 on the point is an anomaly. Every anomaly adds 0.17 to
the pressure, which fades over 32 · `scale` points; for `scale` / 5 points after one, and during the `warmup`, the score is 0: look at `raw`
to see what is going on then.

Nothing has to be set: the score of a series is the same in other units, with another zero, upside down and at another hour.)",
      .outputs = {{"`as`_score", "double", "in [0, 1); an anomaly from 0.5 on"},
                  {"`as`_is_anomaly", "bool", "score ≥ 0.5"},
                  {"`as`_raw", "double", "the evidence in thresholds, never suppressed"},
                  {"`as`_season, `as`_jump, `as`_surprise, `as`_regime, `as`_value, "
                   "`as`_likelihood, `as`_gap",
                   "double", "with `explain`: each evidence, 0 to 4"}},
      .times =
          "Points count in the order in which they come; a point that is late or of the same time "
          "as the one before it follows after no pause.",
      .cost = "O(1), no allocation",
      .state = "less than 1 KB in memory and in the snapshot, however long the series",
      .source =
          "this project's own; see the docs for how it does on the Numenta Anomaly Benchmark"};
}

}  // namespace kapacitor::udf::functions
