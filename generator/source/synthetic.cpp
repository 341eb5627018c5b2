#include "source/synthetic.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "line/escape.hpp"
#include "line/number.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t longest_value = 34;

// The last part of a random stream's path.
enum purpose : std::uint64_t { of_signal = 0, of_anomalies = 1 };

char* append(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

std::string tag_value(const tag_spec& tag, std::size_t series) {
  return tag.values.empty() ? fmt::format("m{:03}", series)
                            : tag.values[series % tag.values.size()];
}

}  // namespace

synthetic_source::synthetic_source(scenario s, truth_log* truth)
    : synthetic_source(s, {0, s.series}, truth) {}

synthetic_source::synthetic_source(scenario s, range series, truth_log* truth)
    : scenario_(std::move(s)), truth_(truth) {
  // InfluxDB sorts tags itself if we do not, for each point.
  std::sort(scenario_.tags.begin(), scenario_.tags.end(),
            [](const tag_spec& a, const tag_spec& b) { return a.name < b.name; });
  most_bytes_ = longest_value;
  for (const auto& field : scenario_.fields) {
    separators_.push_back((separators_.empty() ? " " : ",") + escape_key(field.name) + "=");
    most_bytes_ += separators_.back().size() + longest_value;
  }
  series_.reserve(series.count);
  for (std::size_t i = 0; i < series.count; ++i) series_.push_back(make_series(series.first + i));
}

synthetic_source::one_series synthetic_source::make_series(std::size_t index) const {
  one_series made;
  made.head = escape_measurement(scenario_.measurement);
  for (const auto& tag : scenario_.tags) {
    auto value = tag_value(tag, index);
    made.head += ',' + escape_key(tag.name) + '=' + escape_key(value);
    if (truth_) made.tags.emplace_back(tag.name, std::move(value));
  }
  for (std::size_t f = 0; f < scenario_.fields.size(); ++f) {
    made.fields.push_back(make_field(index, f));
  }
  return made;
}

synthetic_source::field_state synthetic_source::make_field(std::size_t series,
                                                           std::size_t field) const {
  const auto& kind = scenario_.fields[field].kind;
  const random_stream random{scenario_.seed, series, field, of_signal};
  // A state and the bool that follows from it must draw from the same stream.
  const random_stream shared{scenario_.seed, series, ~std::uint64_t{0}, of_signal};
  if (std::holds_alternative<counter_field>(kind)) return counter_signal(random);
  if (std::holds_alternative<state_field>(kind)) return state_signal(shared);
  if (std::holds_alternative<running_field>(kind)) return running_state{state_signal(shared)};
  const auto& spec = std::get<float_field>(kind);
  float_state state{float_signal(spec.shape, random), nullptr};
  if (spec.anomalies && scenario_.anomalies) {
    state.plan = std::make_unique<anomaly_plan>(
        random_stream{scenario_.seed, series, field, of_anomalies}, spec.shape.noise);
  }
  return state;
}

void synthetic_source::produce(const tick& t, range points, batcher& out) {
  for (auto i = points.first; i < points.first + points.count; ++i) {
    const auto& s = series_[i];
    char* to = out.begin_line(s.head.size() + most_bytes_);
    to = append(to, s.head);
    for (std::size_t f = 0; f < s.fields.size(); ++f) to = write_field(to, i, f, t);
    *to++ = ' ';
    to = write_integer(to, t.time);
    *to++ = '\n';
    out.end_line(to);
  }
}

char* synthetic_source::write_field(char* to, std::size_t series, std::size_t field,
                                    const tick& t) {
  to = append(to, separators_[field]);
  const auto& state = series_[series].fields[field];
  if (const auto* counter = std::get_if<counter_signal>(&state)) {
    to = write_integer(to, counter->value(t.number));
    *to++ = 'i';
    return to;
  }
  if (const auto* text = std::get_if<state_signal>(&state)) {
    *to++ = '"';
    to = append(to, text->value(t.number));
    *to++ = '"';
    return to;
  }
  if (const auto* running = std::get_if<running_state>(&state)) {
    return append(to, running->state.value(t.number) == "running" ? "true" : "false");
  }
  return write_decimal(to, value(series, field, t), std::get<float_state>(state).signal.decimals());
}

double synthetic_source::value(std::size_t series, std::size_t field, const tick& t) {
  auto& s = series_[series];
  auto& state = std::get<float_state>(s.fields[field]);
  const auto* a = state.plan ? state.plan->at(t.number) : nullptr;
  if (!a) return state.signal.clean(t.number);
  if (truth_) {
    truth_->observe({series, scenario_.measurement, &s.tags, scenario_.fields[field].name}, *a, t);
  }
  return state.signal.disturbed(t.number, *a);
}

void synthetic_source::finish() {
  if (truth_) truth_->finish();
}

}  // namespace kapacitor::generator
