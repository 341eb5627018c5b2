#include "source/measurement_source.hpp"

#include <algorithm>
#include <utility>

#include "base/line/number.hpp"
#include "signal/ticks.hpp"

namespace kapacitor::generator {
namespace {

// Positions in the paths of random streams that are not fields.
constexpr std::uint64_t of_faults = ~std::uint64_t{0};
constexpr std::uint64_t of_churn = ~std::uint64_t{0} - 1;

std::vector<const anomaly_rule*> rules_for(const measurement_source::settings& s,
                                           const std::string& field) {
  std::vector<const anomaly_rule*> rules;
  if (!s.anomalies) return rules;
  for (const auto& rule : s.labels.all->anomalies) {
    if (rule.measurement == s.labels.what->name && rule.field == field) rules.push_back(&rule);
  }
  return rules;
}

}  // namespace

measurement_source::measurement_source(settings s, late_line late)
    : settings_(std::move(s)),
      late_(std::move(late)),
      scenario_(*settings_.labels.all),
      measurement_(*settings_.labels.what),
      series_(measurement_, settings_.series, scenario_.churn.has_value()),
      labels_(settings_.labels, series_),
      random_({scenario_.seed, number_of(measurement_.name)}),
      fault_rules_(rules_for(settings_, "")),
      faults_(fault_rules_, rows(), settings_.interval),
      fault_observer_(labels_.observer_of("")),
      computed_((rows() + chunk_rows - 1) / chunk_rows, -1) {
  fields_.reserve(measurement_.fields.size());
  for (const auto& field : measurement_.fields) {
    fields_.emplace_back(field, rules_for(settings_, field.name), rows(), settings_.interval,
                         fields_.empty());
    observers_.push_back(labels_.observer_of(field.name));
    most_bytes_ += fields_.back().most_bytes();
  }
  most_bytes_ += time_.size();
  values_.resize(fields_.size() * chunk_rows);
  if (scenario_.churn) {
    churn_ticks_ = ticks_in(scenario_.churn->every, settings_.interval);
  }
  for (std::size_t row = 0; row < rows(); ++row) restart(row, 0);
}

/// The series of this row begins with the tick.
void measurement_source::restart(std::size_t row, std::int64_t tick) {
  const auto random = random_.part(series_.identity(row));
  for (auto& field : fields_) {
    field.restart(row, random.part(number_of(field.spec().name)), tick,
                  series_.concerned(field.rules(), row));
  }
  faults_.restart(row, random.part(of_faults), tick, series_.concerned(fault_rules_, row));
}

/// Ends the anomalies that go on in this row.
void measurement_source::close(std::size_t row) {
  for (std::size_t f = 0; f < fields_.size(); ++f) fields_[f].anomalies().close(row, observers_[f]);
  faults_.close(row, fault_observer_);
}

row_range measurement_source::chunk_of(std::size_t row) const {
  const auto first = row / chunk_rows * chunk_rows;
  return {first, std::min(chunk_rows, rows() - first)};
}

void measurement_source::churn(const tick& t, row_range chunk) {
  if (churn_ticks_ == 0 || t.number == 0 || t.number % churn_ticks_ != 0) return;
  for (auto row = chunk.first; row < chunk.first + chunk.count; ++row) {
    const auto chance = random_.part(of_churn).part(series_.number(row));
    if (chance.uniform(t.number / churn_ticks_) >= scenario_.churn->replace) continue;
    close(row);
    series_.replace(row);
    restart(row, t.number);
  }
}

void measurement_source::compute(const tick& t, row_range chunk) {
  auto& last = computed_[chunk.first / chunk_rows];
  if (last == t.number) return;
  last = t.number;
  churn(t, chunk);
  if (std::exchange(has_effects_, false)) effects_.fill({});
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    auto& field = fields_[f];
    field.fill(t, chunk, values_.data() + f * chunk_rows);
    if (field.anomalies().due(t.number, chunk)) {
      field.anomalies().at(t, chunk, observer_at(t, chunk.first, f));
    }
    field.keep_last(chunk);
  }
  compute_faults(t, chunk);
}

const disturbance::observer& measurement_source::observer_at(const tick& t, std::size_t first,
                                                             std::size_t field) {
  auto& o = observers_[field];
  o.apply = [this, &t, first, field](const disturbance::hit& h) {
    const auto in_chunk = h.row - first;
    if (!fields_[field].disturb(t, h, values_[field * chunk_rows + in_chunk])) return false;
    effects_[in_chunk].kinds |= bit_of(h.rule.kind);
    return has_effects_ = true;
  };
  return o;
}

void measurement_source::compute_faults(const tick& t, row_range chunk) {
  if (!faults_.due(t.number, chunk)) return;
  fault_observer_.apply = [this, &t, &chunk](const disturbance::hit& h) {
    auto& effects = effects_[h.row - chunk.first];
    effects.kinds |= bit_of(h.rule.kind);
    if (h.rule.kind == anomaly_kind::late) {
      effects.late_until = t.number + ticks_in(h.rule.delay, settings_.interval);
    }
    return has_effects_ = true;
  };
  faults_.at(t, chunk, fault_observer_);
}

void measurement_source::skip(const tick& t) {
  for (std::size_t row = 0; row < rows(); row += chunk_rows) compute(t, chunk_of(row));
}

void measurement_source::produce(const tick& t, row_range wanted, batcher& out) {
  if (time_size_ == 0 || t.time != time_of_) {
    time_of_ = t.time;
    time_[0] = ' ';
    char* end = write_integer(time_.data() + 1, t.time);
    *end++ = '\n';
    time_size_ = static_cast<std::size_t>(end - time_.data());
  }
  const auto end = wanted.first + wanted.count;
  for (auto row = wanted.first; row < end;) {
    const auto chunk = chunk_of(row);
    compute(t, chunk);
    const auto until = std::min(end, chunk.first + chunk.count);
    write_rows(t, {row, until - row}, chunk.first, out);
    row = until;
  }
}

void measurement_source::write_rows(const tick& t, row_range wanted, std::size_t chunk_first,
                                    batcher& out) {
  const bool labelled = labels_.wants_points();
  for (auto row = wanted.first; row < wanted.first + wanted.count; ++row) {
    const auto in_chunk = row - chunk_first;
    if (labelled) labels_.point(t, row, effects_[in_chunk].kinds);
    if (has_effects_ && effects_[in_chunk].kinds != 0) {
      write_disturbed(row, in_chunk, out);
      continue;
    }
    append_line(row, in_chunk, out);
  }
}

void measurement_source::append_line(std::size_t row, std::size_t in_chunk, batcher& out) const {
  char* const to = out.begin_line(line_size());
  char* const end = write_line(to, row, in_chunk);
  if (end != to) out.end_line(end);
}

/// A line that may be missing, come later, or twice.
void measurement_source::write_disturbed(std::size_t row, std::size_t in_chunk, batcher& out) {
  const auto& effects = effects_[in_chunk];
  if ((effects.kinds & bit_of(anomaly_kind::dropout)) != 0) return;
  if (effects.late_until > 0) {
    scratch_.resize(line_size());
    const auto* end = write_line(scratch_.data(), row, in_chunk);
    return late_(effects.late_until,
                 scratch_.substr(0, static_cast<std::size_t>(end - scratch_.data())));
  }
  const int times = (effects.kinds & bit_of(anomaly_kind::duplicate)) != 0 ? 2 : 1;
  for (int i = 0; i < times; ++i) append_line(row, in_chunk, out);
}

/// Returns: one past the line; `to` where no field has a value.
char* measurement_source::write_line(char* const to, std::size_t row, std::size_t in_chunk) const {
  const auto head = series_.head(row);
  char* const fields = copy_padded(to, head.data(), head.size());
  char* end = fields;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    end = fields_[f].write(end, values_[f * chunk_rows + in_chunk]);
  }
  if (end == fields) return to;
  // A first field that is left out takes the space with it.
  *fields = ' ';
  return copy_padded(end, time_.data(), time_size_);
}

void measurement_source::finish() {
  for (std::size_t row = 0; row < rows(); ++row) close(row);
}

}  // namespace kapacitor::generator
