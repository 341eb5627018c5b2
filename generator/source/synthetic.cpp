#include "source/synthetic.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "source/label_files.hpp"

namespace kapacitor::generator {
namespace {

void put(const std::string& line, batcher& out) {
  out.end_line(std::copy(line.begin(), line.end(), out.begin_line(line.size())));
}

}  // namespace

std::size_t series_of(const scenario& s) {
  std::size_t sum = 0;
  for (const auto& m : s.measurements) sum += series_set(m).size();
  return sum;
}

synthetic_source::synthetic_source(const scenario& s, options o)
    : synthetic_source(s, {0, series_of(s)}, std::move(o)) {}

synthetic_source::synthetic_source(scenario s, range series, options o)
    : scenario_(std::move(s)), options_(std::move(o)) {
  if (options_.interval == 0) {
    options_.interval = std::chrono::duration<double>(scenario_.interval).count();
  }
  std::size_t before = 0;
  const auto end = series.first + series.count;
  for (const auto& m : scenario_.measurements) {
    const auto size = series_set(m).size();
    const auto first = std::clamp(series.first, before, before + size);
    const auto last = std::clamp(end, first, before + size);
    if (last > first) add_measurement(m, {first - before, last - first});
    before += size;
  }
}

void synthetic_source::add_measurement(const measurement_spec& m, row_range series) {
  measurement_source::settings s;
  s.labels = {&scenario_, &m, options_.truth, {}};
  s.series = series;
  s.interval = options_.interval;
  s.anomalies = options_.anomalies;
  if (options_.truth || !options_.label_measurement.empty()) {
    s.labels.on_label = [this](const label& l) { on_label(l); };
  }
  measurements_.push_back(std::make_unique<measurement_source>(
      std::move(s),
      [this](std::int64_t tick, std::string line) { late_.emplace(tick, std::move(line)); }));
  rows_ += series.count;
}

void synthetic_source::on_label(const label& l) {
  if (options_.truth) options_.truth->write(l);
  if (!options_.label_measurement.empty())
    label_lines_ += line_of(l, options_.label_measurement, unit_);
}

/// What is due by this tick goes before its own points.
void synthetic_source::release(std::int64_t tick, batcher& out) {
  const auto end = late_.upper_bound(tick);
  for (auto line = late_.begin(); line != end; line = late_.erase(line)) put(line->second, out);
  for (std::size_t start = 0; start < label_lines_.size();) {
    const auto next = label_lines_.find('\n', start) + 1;
    put(label_lines_.substr(start, next - start), out);
    start = next;
  }
  label_lines_.clear();
}

void synthetic_source::produce(const tick& t, range points, batcher& out) {
  unit_ = t.unit;
  if (points.first == 0) release(t.number, out);
  std::size_t before = 0;
  const auto end = points.first + points.count;
  for (const auto& m : measurements_) {
    const auto first = std::clamp(points.first, before, before + m->rows());
    const auto last = std::clamp(end, first, before + m->rows());
    if (last > first) m->produce(t, {first - before, last - first}, out);
    before += m->rows();
  }
}

void synthetic_source::skip(const tick& t) {
  for (const auto& m : measurements_) m->skip(t);
}

void synthetic_source::finish(batcher& out) {
  for (const auto& m : measurements_) m->finish();
  release(std::numeric_limits<std::int64_t>::max(), out);
}

}  // namespace kapacitor::generator
