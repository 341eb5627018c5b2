#pragma once

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/line/batch.hpp"
#include "scenario/scenario.hpp"
#include "source/feed.hpp"
#include "source/synthetic.hpp"

namespace generator_test {

namespace gen = kapacitor::generator;

inline constexpr std::int64_t some_time = 1'700'000'000'000'000'000;
inline constexpr std::int64_t second = 1'000'000'000;

/// Everything a source writes in these ticks, one second apart.
inline std::string produced(gen::source& from, std::int64_t ticks,
                            kapacitor::batcher::limits limits = {},
                            std::size_t points_at_a_time = SIZE_MAX) {
  std::string text;
  kapacitor::batcher out(limits, [&](kapacitor::batch&& b) { text += b.lines; });
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    const gen::tick t{tick, some_time + tick * second, 1, tick * second};
    for (std::size_t i = 0; i < from.points_per_tick(); i += points_at_a_time) {
      from.produce(t, {i, std::min(points_at_a_time, from.points_per_tick() - i)}, out);
    }
  }
  from.finish(out);
  out.flush();
  return text;
}

/// Keeps the batches of a feed.
struct kept_batches final : gen::batch_sink {
  void add(kapacitor::batch&& b) override { got.push_back(std::move(b)); }
  bool busy() const override { return got.size() >= busy_from; }

  std::vector<kapacitor::batch> got;
  std::size_t busy_from = SIZE_MAX;
};

inline gen::synthetic_source::options every_second() {
  gen::synthetic_source::options o;
  o.interval = 1;
  return o;
}

inline std::string produced(const gen::scenario& s, std::int64_t ticks,
                            gen::synthetic_source::options o = every_second()) {
  gen::synthetic_source source(s, std::move(o));
  return produced(source, ticks);
}

inline std::string clean(const gen::scenario& s, std::int64_t ticks) {
  auto o = every_second();
  o.anomalies = false;
  return produced(s, ticks, o);
}

/// A scenario of one measurement m: some lines of TOML for the measurement, and what follows it.
inline gen::scenario scenario_of(const std::string& measurement, const std::string& rest = {}) {
  return gen::read_scenario("[[measurement]]\nname = \"m\"\n" + measurement + "\n" + rest,
                            "test.toml");
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// FNV-1a: enough to notice a changed byte.
inline std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace generator_test
