#pragma once

#include <gtest/gtest.h>

#include "replayed.hpp"

namespace generator_test {

inline constexpr kapacitor::steady_time replay_start{std::chrono::seconds(5000)};

/// A replay with a clock that only the test moves.
class ReplayFeedTest : public testing::Test, protected Replayed {
 protected:
  /// One point a second, beginning with second 100, with its number for a value.
  void seconds(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "m v=" + std::to_string(i) + ' ' + std::to_string((100 + i) * second) + '\n';
    }
    file("x.lp", text);
  }
  gen::replay_feed& make() {
    plan.start_time = some_time;
    const auto label = [this](const gen::replay_label& l) { labels.push_back(l); };
    return made.emplace(open(), plan, label, replay_start);
  }
  std::vector<std::string> lines() const {
    std::string all;
    for (const auto& b : got) all += b.lines;
    return lines_of(all);
  }
  std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> result;
    for (const auto& l : lines()) result.push_back(std::stoll(l.substr(l.rfind(' ') + 1)));
    return result;
  }

  gen::replay_feed::plan plan;
  kept_batches to;
  std::vector<kapacitor::batch>& got = to.got;
  std::optional<gen::replay_feed> made;
};

}  // namespace generator_test
