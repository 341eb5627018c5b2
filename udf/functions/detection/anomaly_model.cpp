#include "functions/detection/anomaly_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kapacitor::udf::functions {
namespace {

// Beyond, squares would overflow.
constexpr double largest = 1e150;
constexpr double alarm_gap = 8, most_of_gap = 4;  // in usual pauses; in these
// The first hours are like nothing before: until so many points have come, or so many seasons have
// gone, something new has to be much farther out to count, and something rare rarer. In parts of
// the warm-up, of which no more than the usual one counts.
constexpr double points_of_caution = 20, points_of_rarity = 10, usual_warmup = 100;
constexpr double seasons_of_caution = 7;
constexpr double no_caution = 0.05;  // its fourth power is nothing
// How far the two scales of rarity still move after many values: the local one with what the series
// is like lately; that of the season hardly, so that an incident of hours does not become usual.
constexpr double local_step = 0.002, seasonal_step = 0.00003;
// A value farther off than this many times what one of a hundred is, does not move the profile
// farther; not before the scale is known.
constexpr double most_surprise = 3;
constexpr std::uint64_t scale_is_known = 500;
// What was unusual fades by this part with each point; the sum of novelty adds a little to it.
constexpr double fading = 0.9, part_of_novelty = 0.1, most_novelty = 2;
// An incident goes on while there is half the evidence of an alarm.
constexpr double unusual = 0.5;

/// `most`: the evidence in thresholds.
void set_score(anomaly_result& result, double most) {
  if (most > 0) result.score = std::min(1 - std::exp2(-most), std::nextafter(1.0, 0.0));
  result.is_anomaly = most >= 1;
}

double warmup_of(const anomaly_settings& s) {
  return std::min(usual_warmup, static_cast<double>(s.warmup));
}

double novelty_of(const anomaly_result& r, const anomaly_settings& s) {
  return std::accumulate(r.evidence.begin(), r.evidence.begin() + novelties, 0.0) / s.threshold;
}

}  // namespace

/// So many times farther out than usual something new has to be.
double anomaly_model::caution(udf::timestamp time, const anomaly_settings& s) const {
  double part = points_of_caution * warmup_of(s) / static_cast<double>(seen_ + 1);
  if (part < no_caution) return 1;
  const double age = profile_.age(time);
  if (s.season.count() > 0 && age > 0) {
    const double of_warmup = warmup_of(s) / usual_warmup;
    const double seasons = age / static_cast<double>(s.season.count());
    part = std::min(part, seasons_of_caution * of_warmup / seasons);
  }
  return 1 + part * part * part * part;
}

anomaly_model::reading anomaly_model::read(udf::timestamp time, double x,
                                           const anomaly_settings& s) const {
  reading r;
  r.time = time;
  r.x = x;
  r.noise = novelty_.noise_of(x);
  if (s.season.count() > 0) r.place = profile_.place_of(time, s.season);
  if (r.place) r.of_season = profile_.expected(*r.place);
  if (recent_.is_full()) r.nearby = recent_.median();
  return r;
}

void anomaly_model::judge_novelty(const reading& r, const anomaly_settings& s,
                                  anomaly_result& result) {
  const auto found =
      novelty_.judge({.x = r.x,
                      .season_residual = r.residual(),
                      .caution = caution(r.time, s),
                      .learns_all = 2 * seen_ <= static_cast<std::uint64_t>(s.warmup),
                      .takes_all_in = s.only_new});
  std::copy(found.evidence.begin(), found.evidence.end(), result.evidence.begin());
  result.usual = found.usual;
  result.jump = found.jump;
}

/// What was expected is told by whichever is the rarer.
void anomaly_model::judge_rarity(const reading& r, const anomaly_settings& s,
                                 anomaly_result& result) {
  const auto judge = [&](double expected, const rare_tail& tail, evidence_kind kind) {
    const double rarity = tail.rarity(std::abs(r.x - expected), r.noise) / s.rarity;
    result.evidence[kind] = rarity;
    const double reach = std::max(tail.seldom(), r.noise);
    result.expected = {expected, expected - reach, expected + reach, true, kind == of_profile};
  };
  if (r.nearby) judge(*r.nearby, local_, of_local);
  if (!r.of_season) return;
  const auto nearby = result.expected;
  judge(*r.of_season, seasonal_, of_profile);
  if (result.evidence[of_local] > result.evidence[of_profile]) result.expected = nearby;
}

void anomaly_model::judge_standstill(const reading& r, const anomaly_settings& s,
                                     anomaly_result& result) {
  result.evidence[of_standstill] = std::min(most_of_gap, flat_.add(r.x));
  result.run = flat_.run();
  result.longest_run = flat_.longest();
  if (!s.detect_gaps) return;
  result.evidence[of_gap] = std::min(most_of_gap, pauses_.excess_until(r.time) / alarm_gap);
}

void anomaly_model::learn(const reading& r, const anomaly_settings& s) {
  if (r.nearby) local_.learn(std::abs(r.x - *r.nearby), r.noise, local_step);
  recent_.add(r.x);
  const double usual = seasonal_.seldom();
  const double most = seen_ > scale_is_known && usual > 0 ? most_surprise * usual : 2 * largest;
  if (r.of_season) seasonal_.learn(std::abs(r.residual()), r.noise, seasonal_step);
  if (r.place) profile_.learn(*r.place, r.x, most);
  if (s.detect_gaps) pauses_.add(r.time);
  ++seen_;
}

void anomaly_model::judge_alarm(const reading& r, const anomaly_settings& s,
                                anomaly_result& result) {
  const double novelty = novelty_of(result, s), local = result.evidence[of_local];
  const double rare = std::max(local, result.evidence[of_profile]);
  const double still = result.evidence[of_standstill];
  const double gap = result.evidence[of_gap] / s.gap_threshold;
  const double most = control_.judge(
      {novelty, s.only_new ? 0 : local, s.only_new ? 0 : still},
      {.event_points = static_cast<double>(s.event_points),
       .is_warm = static_cast<std::int64_t>(seen_) >= s.warmup,
       .incident_is_open = incident_.is_open(),
       .caution = 1 + points_of_rarity * warmup_of(s) / static_cast<double>(seen_ + 1)});
  if (most >= 1 && still >= 1) flat_.report();
  set_score(result, static_cast<std::int64_t>(seen_) < s.warmup ? 0 : std::max(most, gap));
  const double least = most >= 1 || still >= 1 ? 1 : gap;
  lasting_ = std::max(rare, fading * lasting_);
  result.raw = std::max(lasting_ + part_of_novelty * std::min(novelty, most_novelty), least);
  lasting_ = std::max(lasting_, least);
  if (most >= 1) {
    incident_.begin(r.time, result.raw);
  } else {
    const bool is_unusual = rare >= unusual || still >= 1 || novelty >= 1;
    result.incident_ends = incident_.go_on(r.time, result.raw, is_unusual);
  }
}

anomaly_result anomaly_model::update(udf::timestamp time, double x, const anomaly_settings& s) {
  anomaly_result result;
  const auto r = read(time, std::clamp(x, -largest, largest), s);
  judge_novelty(r, s, result);
  judge_rarity(r, s, result);
  judge_standstill(r, s, result);
  judge_alarm(r, s, result);
  learn(r, s);
  return result;
}

anomaly_result anomaly_model::judge_pause(udf::timestamp until, const anomaly_settings& s) const {
  anomaly_result result;
  if (!s.detect_gaps) return result;
  result.evidence[of_gap] = std::min(most_of_gap, pauses_.excess_until(until) / alarm_gap);
  result.raw = result.evidence[of_gap] / s.gap_threshold;
  if (static_cast<std::int64_t>(seen_) >= s.warmup) set_score(result, result.raw);
  return result;
}

}  // namespace kapacitor::udf::functions
