#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "functions/tracking/state.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::state_model_test {
namespace {

using functions::tracked_state;
using test::at;
using test::second;
using test::start;
using namespace std::chrono_literals;
using limits = std::numeric_limits<std::int64_t>;

struct shape {
  std::vector<std::pair<std::string, double>> level;
  bool below = false;
  double hysteresis = 0;
  std::int64_t min_points = 1, min_duration = 0, window = 0, flapping = 0;

  std::vector<option> options() const {
    std::vector<option> all = {{"field", {"x"}}};
    for (const auto& [name, threshold] : level) all.push_back({"level", {name, threshold}});
    if (below) all.push_back({"direction", {"below"}});
    if (hysteresis > 0) all.push_back({"hysteresis", {hysteresis}});
    if (min_points > 1) all.push_back({"minPoints", {min_points}});
    if (min_duration) all.push_back({"minDuration", {std::chrono::nanoseconds(min_duration)}});
    if (window) all.push_back({"changesWithin", {std::chrono::nanoseconds(window)}});
    if (flapping) all.push_back({"flapping", {flapping}});
    return all;
  }
};

/// Remembers every point and looks back as far as it takes.
class reference {
 public:
  struct result {
    std::string state;
    std::int64_t nanoseconds, count, changes;
    bool changed;
  };
  explicit reference(shape s) : shape_(std::move(s)), latches_(shape_.level.size()) {}

  std::optional<result> take(const test::point& p) {
    if (!points_.empty() && p.time < points_.back().time) return std::nullopt;
    const auto name = name_of(p);
    if (!name) return std::nullopt;
    points_.push_back({p.time, *name});
    if (points_.size() == 1) state_ = *name;
    const bool changed = *name != state_ && believed();
    const auto within = [&](std::int64_t t) { return p.time - t < shape_.window; };
    return result{state_, p.time - points_[first_].time,
                  static_cast<std::int64_t>(points_.size() - first_),
                  std::count_if(changes_.begin(), changes_.end(), within), changed};
  }

 private:
  struct one {
    std::int64_t time;
    std::string name;
  };
  std::optional<std::string> name_of(const test::point& p) {
    const auto* value = p.find("x");
    if (!value) return std::nullopt;
    if (!shape_.level.empty()) return level_of(p.number("x"));
    if (const auto* text = std::get_if<std::string>(value)) return *text;
    if (const auto* truth = std::get_if<bool>(value)) return *truth ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(value)) return std::to_string(*whole);
    return std::nullopt;
  }
  /// Each level is a switch of its own.
  std::optional<std::string> level_of(std::optional<double> x) {
    if (!x) return std::nullopt;
    std::string name = "ok";
    for (std::size_t i = 0; i < latches_.size(); ++i) {
      const double threshold = shape_.level[i].second, back = shape_.hysteresis;
      if (shape_.below ? *x <= threshold : *x >= threshold) latches_[i] = true;
      if (shape_.below ? *x > threshold + back : *x < threshold - back) latches_[i] = false;
      if (latches_[i]) name = shape_.level[i].first;
    }
    return name;
  }
  bool believed() {
    auto run = points_.size() - 1;
    while (run > 0 && points_[run - 1].name == points_.back().name) --run;
    const auto count = static_cast<std::int64_t>(points_.size() - run);
    const auto lasted = points_.back().time - points_[run].time;
    if (count < shape_.min_points || lasted < shape_.min_duration) return false;
    state_ = points_.back().name;
    first_ = run;
    changes_.push_back(points_.back().time);
    return true;
  }

  shape shape_;
  std::vector<bool> latches_;
  std::vector<one> points_;
  std::string state_;
  std::size_t first_ = 0;
  std::vector<std::int64_t> changes_;
};

shape random_shape(test::sample& random) {
  shape s;
  if (!random.one_in(3)) {
    s.below = random.one_in(2);
    const double sign = s.below ? -1 : 1;
    s.level = {{"warn", 50 + sign * 10}, {"crit", 50 + sign * 25}};
    if (random.one_in(2)) s.level.emplace_back("worse than anything before", 50 + sign * 40);
    // Multiples of 1/4: nothing is rounded. Also more than levels are apart.
    if (random.one_in(2)) s.hysteresis = static_cast<double>(random.below(80)) / 4;
  }
  if (random.one_in(2)) s.min_points = static_cast<std::int64_t>(1 + random.below(4));
  if (random.one_in(3)) s.min_duration = static_cast<std::int64_t>(random.below(4)) * second;
  if (random.one_in(2)) s.window = static_cast<std::int64_t>(1 + random.below(20)) * second;
  if (s.window && random.one_in(2)) s.flapping = static_cast<std::int64_t>(1 + random.below(5));
  return s;
}

std::vector<test::point> wild_points(test::sample& random, std::size_t n) {
  std::vector<test::point> points;
  auto time = start;
  double level = 50;
  std::string text = "up";
  for (; n > 0; --n) {
    if (!random.one_in(5)) time += static_cast<std::int64_t>(random.below(2 * second));
    if (random.one_in(100)) time += 3'600 * second;
    level = std::clamp(level + (static_cast<double>(random.below(81)) - 40) / 4, 0.0, 100.0);
    auto p = at(time, level);
    if (random.one_in(3)) text = random.one_in(9) ? random.text(40) : random.word();
    if (random.one_in(4)) p.fields[0].second = text;
    if (random.one_in(20)) p.fields[0].second = static_cast<int>(level);
    if (random.one_in(20)) p.fields[0].second = random.one_in(2);
    if (random.one_in(20)) p.time -= static_cast<std::int64_t>(random.below(20 * second));
    if (random.one_in(20)) p.fields.clear();
    points.push_back(std::move(p));
  }
  return points;
}

void compare(const shape& s, const test::point& got, const reference::result& expected) {
  ASSERT_EQ(std::get<std::string>(*got.find("state")), expected.state);
  ASSERT_DOUBLE_EQ(*got.number("state_duration"),
                   static_cast<double>(expected.nanoseconds) / second);
  ASSERT_EQ(*got.number("state_count"), static_cast<double>(expected.count));
  ASSERT_EQ(*got.find("state_changed"), test::field_value(expected.changed));
  ASSERT_EQ(got.fields.size(), 4u + (s.window > 0) + (s.flapping > 0));
  if (s.window) {
    ASSERT_EQ(*got.number("state_changes"), static_cast<double>(expected.changes));
  }
  if (s.flapping) {
    ASSERT_EQ(*got.find("state_flapping"), test::field_value(expected.changes >= s.flapping));
  }
}

TEST(StateModel, IsWhatLookingBackOverAllPointsGives) {
  test::sample random(12);
  std::size_t changes = 0;
  for (int round = 0; round < 500 && !HasFailure(); ++round) {
    const auto s = random_shape(random);
    const auto points = wild_points(random, 200);
    test::runner first(make_function<tracked_state>("f"), s.options());
    test::runner second_half(make_function<tracked_state>("f"), s.options());
    auto out = first.feed(std::vector<test::point>(points.begin(), points.begin() + 100)).points;
    ASSERT_EQ(second_half.restore(first.snapshot()), "");
    const auto rest =
        second_half.feed(std::vector<test::point>(points.begin() + 100, points.end())).points;
    out.insert(out.end(), rest.begin(), rest.end());
    reference expected(s);
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto result = expected.take(p);
      if (!result) continue;
      ASSERT_LT(next, out.size());
      compare(s, out[next++], *result);
      if (HasFatalFailure()) return;
      changes += result->changed;
    }
    ASSERT_EQ(next, out.size());
  }
  EXPECT_GT(changes, 5'000u);
}

}  // namespace
}  // namespace kapacitor::udf::state_model_test
