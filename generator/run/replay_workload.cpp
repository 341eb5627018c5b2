#include "run/replay_workload.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/numbers/saturated.hpp"
#include "base/text/error.hpp"
#include "replay/same_time.hpp"
#include "run/precision.hpp"

namespace kapacitor::generator {
namespace {

label label_of(const replay_label& l, std::int64_t unit) {
  label made;
  made.id = fmt::format("{}-{}", l.file, l.start_ns / unit);
  made.measurement = l.measurement;
  made.field = l.field;
  made.kind = "window";
  made.start = l.start_ns;
  made.end = l.end_ns;
  made.truncated = l.truncated;
  return made;
}

}  // namespace

replay_settings replay_settings_of(const settings& s) {
  auto r = s.replay;
  r.path = s.operand;
  r.measurement = s.measurement;
  r.unsigned_integers = s.api == api_version::v2;
  r.points = s.points;
  r.duration = s.duration;
  const bool ends = s.bounded() || !r.loop;
  const bool at_once = s.at_once.value_or(s.to == destination::standard_output && ends);
  r.speed = at_once ? 0 : static_cast<double>(s.milli_speed) / 1000;
  return r;
}

replay_workload::replay_workload(const settings& s)
    : settings_(s), file_(replay_settings_of(s)), plan_(plan_of(replay_settings_of(s))) {
  check_places();
  const bool tells = !s.labels.empty() || !s.labels_nab.empty();
  if (tells && s.replay.nab_windows.empty()) {
    throw usage_error(
        "--labels, --labels-nab: a replay knows no labels but those of --nab-windows FILE");
  }
  if (s.labels.ends_with(".csv")) {
    throw usage_error("--labels: a replay writes .jsonl only, a row for each window");
  }
  if (tells) truth_ = std::make_unique<label_files>(s.labels, s.labels_nab);
  plan_.time_unit = unit_of(s.precision);
  plan_.flush = s.flush;
  plan_.batch.points = std::max<std::size_t>(1, std::min(s.batch, s.backlog_points));
  plan_.batch.bytes = s.batch_bytes;
}

/// Points of several databases would all end up in one.
void replay_workload::check_places() const {
  const auto& places = file_.description().places;
  if (places.size() < 2 || settings_.replay.from_database) return;
  std::string names;
  for (const auto& p : places) {
    names += fmt::format("{}{}.{}", names.empty() ? "" : ", ", p.database, p.retention_policy);
  }
  throw usage_error(fmt::format("{} has points of {}: choose with --from-db and --from-rp",
                                settings_.operand, names));
}

std::size_t replay_workload::most_lanes() const {
  return std::max<std::size_t>(1, file_.description().series);
}

std::unique_ptr<feed> replay_workload::make_feed(std::size_t index, std::size_t lanes,
                                                 beginning b) {
  auto p = plan_;
  p.start_time = b.wall;
  p.shard = {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(lanes)};
  replay_label_sink on_label;
  if (truth_) {
    on_label = [this](const replay_label& l) { truth_->write(label_of(l, plan_.time_unit)); };
  }
  return std::make_unique<replay_feed>(file_, p, std::move(on_label), b.steady);
}

std::vector<log_line> replay_workload::warnings(std::int64_t now) const {
  std::vector<log_line> all;
  if (const auto& what = file_.description().name_warning; !what.empty()) {
    log_line named("file");
    all.push_back(named.add("warning", what));
  }
  if (const auto n = overwritten_points(file_, plan_.time_unit); n > 0) {
    log_line same("points of a series have the same time, InfluxDB keeps the last of each");
    all.push_back(same.add("points", n).add("of", file_.points().size()));
  }
  if (auto ahead = in_the_future(now)) all.push_back(std::move(*ahead));
  constexpr std::int64_t year = 31'536'000'000'000'000;  // ns
  const auto first = file_.points().front().time;
  if (first > -year && first < year) {
    log_line old("the file's times are of 1970, is --time-format missing?");
    all.push_back(old.add("first", time_to_text(first)));
  }
  return all;
}

/// Whether points will have times that have not come when they are sent.
std::optional<log_line> replay_workload::in_the_future(std::int64_t now) const {
  constexpr std::int64_t margin = 60'000'000'000;  // ns, as far as clocks may be apart
  const auto points = file_.points();
  auto last = points.back().time;
  auto sent = now;
  if (plan_.rebase) last = saturated_add(now, saturated_sub(last, points.front().time));
  if (plan_.speed > 0) {
    const auto span = saturated_sub(points.back().time, points.front().time);
    sent = saturated_add(now, saturated_from(static_cast<double>(span) / plan_.speed));
  }
  const auto ahead = saturated_sub(last, sent);
  if (ahead <= margin) return std::nullopt;
  log_line warning("points will have times in the future");
  warning.add("last", time_to_text(last)).add("ahead", short_duration(nanoseconds(ahead)));
  return warning;
}

void replay_workload::reopen() {
  if (truth_) truth_->reopen();
}

void replay_workload::finish() {
  if (truth_) truth_->finish();
}

}  // namespace kapacitor::generator
