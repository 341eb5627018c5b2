#include "run/replay_workload.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"
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

void replay_workload::reopen() {
  if (truth_) truth_->reopen();
}

void replay_workload::finish() {
  if (truth_) truth_->finish();
}

}  // namespace kapacitor::generator
