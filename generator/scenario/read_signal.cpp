#include <cmath>

#include <fmt/format.h>

#include "scenario/toml_reader.hpp"

namespace kapacitor::generator {
namespace {

const std::vector<std::string_view> all_kinds = {
    "constant", "sine", "square", "sawtooth", "triangle", "pulse", "chirp", "ramp",   "step",
    "counter",  "walk", "ar1",    "seasonal", "markov",   "noise", "sum",   "product"};

toml_reader sub_table(const toml_reader& from, const toml::node& node, std::string_view what) {
  const auto* table = node.as_table();
  if (!table) from.fail(node, fmt::format("{} must be a table {{key = value, ...}}", what));
  return {from.file(), *table, std::string(what)};
}

/// Hz: a period of 288 years; 64 bits of ns reach a little further.
constexpr double least_frequency = 1.1e-10;

nanoseconds period_of_hz(double hz) {
  return nanoseconds(std::llround(1e9 / hz));
}

/// "period", or the same as a frequency in Hz.
nanoseconds read_period(toml_reader& t) {
  if (t.one_of({"period", "frequency"}) == "period") return t.duration("period");
  const double hz = t.number_above("frequency", 0);
  if (hz > 1e9) t.fail("frequency", "must be at most 1e9 Hz");
  if (hz < least_frequency) {
    t.fail("frequency", "must be at least 1.1e-10 Hz, a period of 288 years; or use constant");
  }
  return period_of_hz(hz);
}

/// "phase": a number of turns, or "per-series".
void read_phase(toml_reader& t, double& turns, bool& per_series) {
  const auto* node = t.find("phase");
  per_series = node && node->value_exact<std::string>() == "per-series";
  if (per_series) return;
  if (node && !node->is_number())
    t.fail(*node, "phase must be a number of turns or \"per-series\"");
  turns = t.number("phase", 0.0);
}

wave_spec read_wave(toml_reader& t, wave shape) {
  wave_spec s;
  s.shape = shape;
  s.amplitude = t.number("amplitude", 1.0);
  s.period = read_period(t);
  read_phase(t, s.turns, s.phase_per_series);
  if (shape == wave::square) s.duty = t.fraction("duty", 0.5);
  if (shape == wave::pulse) s.duty = t.fraction("duty", 0.1);
  return s;
}

chirp_spec read_chirp(toml_reader& t) {
  chirp_spec s;
  s.amplitude = t.number("amplitude", 1.0);
  s.from_hz = t.number_above("from", 0);
  s.to_hz = t.number_above("to", 0);
  s.period = t.duration("period");
  read_phase(t, s.turns, s.phase_per_series);
  return s;
}

ramp_spec read_ramp(toml_reader& t) {
  return {t.number("from", 0.0), t.number("to"), t.duration("duration")};
}

step_spec read_step(toml_reader& t) {
  return {t.numbers("levels"), t.duration("every")};
}

counter_spec read_counter(toml_reader& t) {
  return {t.number_above("rate", 0), t.fraction("jitter", 1.0),
          t.duration("reset_every", nanoseconds(0))};
}

walk_spec read_walk(toml_reader& t) {
  walk_spec s;
  s.start = t.number("start", 0.0);
  s.sigma = t.number_above("sigma", 0);
  s.low = t.number("low", s.low);
  s.high = t.number("high", s.high);
  s.monotonic = t.flag("monotonic", false);
  if (!(s.low < s.high)) t.fail("low", "must be less than high");
  if (s.start < s.low || s.start > s.high) t.fail("start", "must be from low to high");
  return s;
}

ar1_spec read_ar1(toml_reader& t) {
  ar1_spec s{t.number("phi"), t.number_above("sigma", 0)};
  if (!(std::fabs(s.phi) < 1)) t.fail("phi", "must be between -1 and 1");
  return s;
}

seasonal_spec read_seasonal(toml_reader& t) {
  seasonal_spec s;
  s.period = read_period(t);
  s.points = t.numbers("points");
  s.scale = t.number("scale", 1.0);
  read_phase(t, s.turns, s.phase_per_series);
  if (s.points.size() < 2) t.fail("points", "must be two or more");
  return s;
}

noise_spec read_noise(toml_reader& t) {
  noise_spec s;
  static constexpr kapacitor::choice<noise> kinds[] = {
      {"normal", noise::normal},   {"uniform", noise::uniform}, {"laplace", noise::laplace},
      {"student", noise::student}, {"pink", noise::pink},       {"lognormal", noise::lognormal},
      {"poisson", noise::poisson}};
  s.kind = t.choice("kind", kinds, std::optional(noise::normal));
  switch (s.kind) {
    case noise::normal:
    case noise::pink:
      s.size = t.number_above("sigma", 0);
      break;
    case noise::uniform:
      s.size = t.number_above("width", 0) / 2;
      break;
    case noise::laplace:
      s.size = t.number_above("scale", 0);
      break;
    case noise::student:
      s.size = t.number_above("scale", 0);
      s.freedom = static_cast<int>(t.count("freedom", 1, 3));
      if (s.freedom > 100) t.fail("freedom", "must be at most 100: more is normal noise");
      break;
    case noise::lognormal:
      s.size = t.number_above("scale", 0);
      s.shape = t.number_above("sigma", 0);
      if (s.shape > 5) t.fail("sigma", "must be at most 5: the logarithm's standard deviation");
      break;
    case noise::poisson:
      s.shape = t.number_above("mean", 0);
      if (s.shape > 500) t.fail("mean", "must be at most 500: more is normal noise");
      break;
  }
  return s;
}

/// States or levels, or the two chances of something that is on or off.
markov_spec read_markov(toml_reader& t) {
  markov_spec s;
  if (t.has("p_on_off") || t.has("p_off_on")) {
    s.levels = {0, 1};
    s.leave = {t.fraction("p_off_on"), t.fraction("p_on_off")};
    if (s.leave[0] <= 0) t.fail("p_off_on", "must be more than 0");
    if (s.leave[1] <= 0) t.fail("p_on_off", "must be more than 0");
    return s;
  }
  if (t.has("states")) {
    for (std::size_t i = 0; i < t.texts("states").size(); ++i) {
      s.levels.push_back(static_cast<double>(i));
    }
  } else {
    s.levels = t.has("levels") ? t.numbers("levels") : std::vector<double>{0, 1};
    t.find("levels");
    t.find("states");
  }
  s.stay = t.durations("stay");
  if (s.stay.size() != s.levels.size()) {
    t.fail("stay", fmt::format("must be {} durations, one for each state", s.levels.size()));
  }
  for (const auto stay : s.stay) {
    if (stay.count() < 1) t.fail("stay", "must be durations of more than 0");
  }
  return s;
}

std::vector<signal_spec> read_parts(toml_reader& from, std::string_view key) {
  const auto& node = from.need(key);
  const auto* list = node.as_array();
  if (!list || list->empty()) from.fail(node, fmt::format("{} must be a list of signals", key));
  std::vector<signal_spec> parts;
  for (const auto& item : *list) {
    auto part = sub_table(from, item, fmt::format("a part of {}", key));
    parts.push_back(read_signal(part));
    part.done();
  }
  return parts;
}

signal_spec read_kind(toml_reader& t, std::string_view kind) {
  if (kind == "sine") return {read_wave(t, wave::sine)};
  if (kind == "square") return {read_wave(t, wave::square)};
  if (kind == "sawtooth") return {read_wave(t, wave::sawtooth)};
  if (kind == "triangle") return {read_wave(t, wave::triangle)};
  if (kind == "pulse") return {read_wave(t, wave::pulse)};
  if (kind == "chirp") return {read_chirp(t)};
  if (kind == "ramp") return {read_ramp(t)};
  if (kind == "step") return {read_step(t)};
  if (kind == "counter") return {read_counter(t)};
  if (kind == "walk") return {read_walk(t)};
  if (kind == "ar1") return {read_ar1(t)};
  if (kind == "seasonal") return {read_seasonal(t)};
  if (kind == "markov") return {read_markov(t)};
  if (kind == "noise") return {read_noise(t)};
  return {constant_spec{t.number("value"), t.number("spread", 0.0)}};
}

}  // namespace

signal_spec read_signal(toml_reader& table) {
  const auto kind = table.one_of(all_kinds);
  if (kind == "sum") return {sum_spec{read_parts(table, kind)}};
  if (kind == "product") return {product_spec{read_parts(table, kind)}};
  const auto& node = table.need(kind);
  if (kind == "constant" && node.is_number()) return {constant_spec{table.number(kind), 0}};
  auto t = sub_table(table, node, kind);
  auto made = read_kind(t, kind);
  t.done();
  return made;
}

}  // namespace kapacitor::generator
