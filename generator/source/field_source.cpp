#include "source/field_source.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/line/escape.hpp"
#include "signal/normal.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t padding = 16;
// Positions in a path of random streams.
enum purpose : std::uint64_t { of_signal = 0, of_anomalies = 1, of_disturbance = 2 };

bool holds(const anomaly_rule* rule) {
  return rule->kind == anomaly_kind::stuck || rule->kind == anomaly_kind::counter_reset ||
         rule->kind == anomaly_kind::frequency;
}

std::string padded(std::string text) {
  text.append(padding, '\0');
  return text;
}

}  // namespace

field_source::field_source(const field_spec& spec, std::vector<const anomaly_rule*> rules,
                           std::size_t rows, double interval, bool is_first)
    : spec_(spec),
      rules_(std::move(rules)),
      signal_(make_signal(spec.shape, rows, interval)),
      anomalies_(rules_, rows, interval),
      is_clamped_(std::isfinite(spec.low) || std::isfinite(spec.high)),
      keeps_(std::any_of(rules_.begin(), rules_.end(), holds)) {
  const auto separator = (is_first ? " " : ",") + escape_key(spec.name) + "=";
  separator_size_ = separator.size();
  separator_ = padded(separator);
  for (const auto& state : spec.states) {
    const auto text = quoted_text(state);
    state_sizes_.push_back(text.size());
    states_.push_back(padded(text));
  }
  if (!rules_.empty()) streams_.resize(rows);
  if (keeps_) {
    before_.resize(rows);
    held_.resize(rows);
    clean_.resize(chunk_rows);
  }
}

void field_source::restart(std::size_t row, const random_stream& random, std::int64_t tick,
                           const std::vector<bool>& concerned) {
  signal_->restart(row, random.part(of_signal));
  if (rules_.empty()) return;
  streams_[row] = random.part(of_disturbance);
  anomalies_.restart(row, random.part(of_anomalies), tick, concerned);
}

void field_source::fill(const tick& t, row_range rows, double* out) {
  signal_->fill({t.number, t.offset}, rows, join::set, out);
  if (is_clamped_) {
    for (std::size_t i = 0; i < rows.count; ++i) out[i] = std::clamp(out[i], spec_.low, spec_.high);
  }
  if (keeps_) std::copy_n(out, rows.count, clean_.begin());
}

void field_source::keep_last(row_range rows) {
  if (!keeps_) return;
  std::copy_n(clean_.begin(), rows.count,
              before_.begin() + static_cast<std::ptrdiff_t>(rows.first));
}

bool field_source::disturb(const tick& t, const disturbance::hit& h, double& value) {
  const double clean = std::exchange(value, disturbed(t, h, value));
  return !same_text(clean, value);
}

double field_source::held(const disturbance::hit& h, double at_first) {
  if (h.is_first) held_[h.row] = at_first;
  return held_[h.row];
}

double field_source::disturbed(const tick& t, const disturbance::hit& h, double clean) {
  const double size = h.what.magnitude;
  const auto length = static_cast<double>(h.what.last - h.what.first + 1);
  const auto done = static_cast<double>(t.number - h.what.first + 1);
  const auto warped = [&](const warp& w) {
    const double value = signal_->warped({t.number, t.offset}, h.row, w);
    return std::clamp(value, spec_.low, spec_.high);
  };
  switch (h.rule.kind) {
    case anomaly_kind::spike:
    case anomaly_kind::level_shift:
      return clean + size;
    case anomaly_kind::stuck:
      return held(h, before_[h.row]);
    case anomaly_kind::counter_reset:
      return clean - held(h, before_[h.row]);
    case anomaly_kind::variance:
      return clean + size * normal(streams_[h.row], t.number);
    case anomaly_kind::trend:
      return clean + size * done / length;
    case anomaly_kind::frequency:
      return warped(
          {static_cast<std::int64_t>(held(h, static_cast<double>(t.offset))), size, 1, 0});
    case anomaly_kind::amplitude:
      return warped({0, 1, size, 0});
    case anomaly_kind::phase:
      return warped({0, 1, 1, size});
    case anomaly_kind::pattern:
      return warped({0, 1, -1, 0});
    case anomaly_kind::dropout:
    case anomaly_kind::late:
    case anomaly_kind::duplicate:
      break;
  }
  return clean;
}

bool field_source::same_text(double a, double b) const {
  if (spec_.type == field_type::integer) return scaled(a, 0) == scaled(b, 0);
  if (has_all_digits(a) || has_all_digits(b)) return a == b;
  return scaled(a, spec_.decimals) == scaled(b, spec_.decimals);
}

std::size_t field_source::most_bytes() const {
  std::size_t most = longest_number;
  for (const auto& state : states_) most = std::max(most, state.size());
  return separator_.size() + most + padding;
}

}  // namespace kapacitor::generator
