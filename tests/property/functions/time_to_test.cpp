#include "functions/prediction/time_to.hpp"

#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

// time_to against a line that is laid through the whole window for every point.
namespace kapacitor::udf::time_to_test {
namespace {

using namespace std::chrono_literals;
using functions::time_to;
using test::at;
using test::second;
using test::start;

test::runner made(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  return test::runner(make_function<time_to>("time_to"), options);
}
std::string refusal(const std::vector<option>& options) {
  return made(options).feed(std::vector<test::point>{}).error;
}
test::point last_of(test::runner& r, const std::vector<test::point>& points) {
  const auto out = r.feed(points);
  EXPECT_EQ(out.error, "");
  return out.points.empty() ? test::point{} : out.points.back();
}

/// The window as it is told, and the line by the book.
class slow_line {
 public:
  slow_line(std::size_t size, std::int64_t period) : size_(size), period_(period) {}

  bool push(std::int64_t time, double x) {
    if (!points_.empty() && time < points_.back().first) return false;
    points_.emplace_back(time, x);
    while (period_ > 0 && points_.front().first <= time - period_) points_.pop_front();
    if (size_ > 0 && points_.size() > size_) points_.pop_front();
    return true;
  }
  struct line {
    long double value, slope, extent;
  };
  std::optional<line> fit() const {
    const auto [last, origin] = points_.back();
    long double n = 0, t = 0, x = 0, tt = 0, tx = 0;
    for (const auto& [time, value] : points_) {
      n += 1;
      t += static_cast<long double>(time - last) / second;
      x += static_cast<long double>(value) - origin;
    }
    for (const auto& [time, value] : points_) {
      const auto dt = static_cast<long double>(time - last) / second - t / n;
      tt += dt * dt;
      tx += dt * (static_cast<long double>(value) - origin - x / n);
    }
    if (points_.front().first == last) return std::nullopt;
    return line{origin + (x - tx / tt * t) / n, tx / tt,
                static_cast<long double>(last - points_.front().first) / second};
  }

 private:
  std::size_t size_;
  std::int64_t period_;
  std::deque<std::pair<std::int64_t, double>> points_;
};

struct setup {
  std::size_t size;
  std::chrono::nanoseconds period;
  std::string direction;
  double threshold;
};

class TimeTo : public testing::TestWithParam<setup> {};

/// Left, as it is told; empty: not reachable.
std::optional<double> left_of(const slow_line::line& l, const setup& s, double most) {
  const double gap = static_cast<double>(s.threshold - l.value);
  if (gap == 0 || (s.direction == "above" && gap < 0) || (s.direction == "below" && gap > 0))
    return 0;
  const double left = gap / static_cast<double>(l.slope);
  return left > 0 && left <= most ? std::optional(left) : std::nullopt;
}

TEST_P(TimeTo, IsThatOfTheLineThroughTheWindow) {
  const auto& s = GetParam();
  const auto make = [&] {
    return made({{"size", {std::int64_t(s.size)}},
                 {"period", {s.period}},
                 {"direction", {s.direction}},
                 {"threshold", {s.threshold}},
                 {"horizon", {100s}},
                 {"unit", {1ms}},
                 {"timestamp", {}}});
  };
  auto r = std::make_unique<test::runner>(make());
  slow_line expected(s.size, s.period.count());
  test::sample random(s.size + 7);
  std::int64_t time = start;
  double drift = 0;
  int reached = 0, unreachable = 0;
  for (int round = 0; round < 12; ++round) {
    std::vector<test::point> points;
    for (int i = 0; i < 1'500; ++i) {
      if (!random.one_in(8)) time += static_cast<std::int64_t>(random.below(2 * second));
      if (random.one_in(300)) time += 60 * second;
      if (random.one_in(50)) drift = 4 * random.part() - 2;
      auto p = at(time, 50 + 20 * std::sin(static_cast<double>(time - start) / 3e10) +
                            drift * random.part());
      if (random.one_in(40)) p.time -= static_cast<std::int64_t>(random.below(20 * second));
      if (random.one_in(40)) p.fields[0].first = "y";
      if (random.one_in(40)) p.fields[0].second = std::nan("");
      points.push_back(std::move(p));
    }
    const auto out = r->feed(points);
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = p.number("x");
      if (!x || std::isnan(*x) || !expected.push(p.time, *x)) continue;
      const auto line = expected.fit();
      if (!line) continue;
      ASSERT_LT(next, out.points.size());
      const auto& got = out.points[next++];
      ASSERT_EQ(got.time, p.time);
      const double slope = *got.number("time_to_slope");
      // What rounding the values costs the slope grows as the window's extent shrinks.
      ASSERT_NEAR(slope, double(line->slope), 1e-12 * (1 + 100 / double(line->extent)));
      const auto left = left_of(*line, s, 100);
      if (left && std::abs(*left - 100) < 1e-6) continue;
      ASSERT_EQ(*got.find("time_to_reachable"), test::field_value(left.has_value()));
      ASSERT_EQ(got.number("time_to").has_value(), left.has_value());
      ASSERT_EQ(got.number("time_to_at").has_value(), left.has_value());
      left ? ++reached : ++unreachable;
      if (!left) continue;
      const double rough = 1e-9 * (1 + *left) * (1 + 1 / std::abs(slope) / double(line->extent));
      ASSERT_NEAR(*got.number("time_to"), 1e3 * *left, 1e3 * rough);
      const auto at_ns = std::get<std::int64_t>(*got.find("time_to_at"));
      ASSERT_NEAR(1e-9 * double(at_ns - p.time), *left, rough + 1e-8);
    }
    ASSERT_EQ(next, out.points.size());
    const auto snapshot = r->snapshot();
    r = std::make_unique<test::runner>(make());
    ASSERT_EQ(r->restore(snapshot), "");
    ASSERT_EQ(r->snapshot(), snapshot);
  }
  EXPECT_GT(reached, 1'000);
  EXPECT_GT(unreachable, 1'000);
}

INSTANTIATE_TEST_SUITE_P(Windows, TimeTo,
                         testing::Values(setup{10, 0s, "either", 70}, setup{2, 0s, "above", 60},
                                         setup{0, 10s, "below", 45}, setup{7, 8s, "either", 50},
                                         setup{0, 40s, "above", 65}, setup{33, 0s, "below", 60}));

const std::vector<option> ten_to_100 = {{"threshold", {100}}, {"size", {10}}};

TEST(TimeToHard, SaysNothingBeforeThereAreTwoTimes) {
  auto r = made(ten_to_100);
  EXPECT_EQ(r.feed({at(start, 1.0), at(start, 2.0), at(start, 3.0)}).points.size(), 0u);
  const auto p = last_of(r, {at(start + second, 4)});
  EXPECT_DOUBLE_EQ(*p.number("time_to_slope"), 2.0);
  EXPECT_DOUBLE_EQ(*p.number("time_to"), 48.0);
  EXPECT_EQ(p.fields.size(), 3u);
}

TEST(TimeToHard, GoesOnAsItShouldFromEachSide) {
  struct {
    const char* direction;
    double from, by;
    std::optional<double> left;
  } cases[] = {{"either", 90, 1, 9},   {"either", 110, -1, 9}, {"either", 110, 1, {}},
               {"either", 90, -1, {}}, {"either", 90, 0, {}},  {"either", 99, 1, 0},
               {"above", 90, 1, 9},    {"above", 110, -1, 0},  {"above", 90, -1, {}},
               {"below", 110, -1, 9},  {"below", 90, 1, 0},    {"below", 110, 0, {}}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.direction + (" from " + std::to_string(c.from)));
    auto options = ten_to_100;
    options.push_back({"direction", {c.direction}});
    auto r = made(options);
    const auto p = last_of(r, {at(start, c.from), at(start + second, c.from + c.by)});
    EXPECT_EQ(p.number("time_to"), c.left);
    EXPECT_EQ(*p.find("time_to_reachable"), test::field_value(c.left.has_value()));
    EXPECT_EQ(*p.number("time_to_slope"), c.by);
  }
}

TEST(TimeToHard, KnowsNothingOfWhatIsTooFarAway) {
  auto r = made({{"threshold", {1e6}}, {"size", {10}}, {"horizon", {1000s}}, {"timestamp", {}}});
  auto p = last_of(r, {at(start, 0.0), at(start + second, 999.0)});
  EXPECT_EQ(p.number("time_to"), std::nullopt);
  EXPECT_EQ(p.number("time_to_at"), std::nullopt);
  p = last_of(r, {at(start + 2 * second, 2000.0)});
  EXPECT_NEAR(*p.number("time_to"), 998, 1);
}

TEST(TimeToHard, StartsAnewAfterAGapLongerThanThePeriod) {
  auto r = made({{"threshold", {100}}, {"period", {10s}}});
  EXPECT_EQ(r.feed({at(start, 1.0), at(start + second, 2.0)}).points.size(), 1u);
  EXPECT_EQ(r.feed({at(start + 11 * second, 50.0)}).points.size(), 0u);
  EXPECT_DOUBLE_EQ(*last_of(r, {at(start + 13 * second, 60)}).number("time_to"), 8.0);
}

TEST(TimeToHard, PassesOverWhatIsOlderThanTheNewest) {
  auto r = made(ten_to_100);
  const auto before = last_of(r, {at(start, 1.0), at(start + second, 2.0)});
  EXPECT_EQ(r.feed({at(start - 1, 1e9), at(start + second - 1, -1e9)}).points.size(), 0u);
  const auto after = last_of(r, {at(start + 2 * second, 3.0)});
  EXPECT_DOUBLE_EQ(*after.number("time_to"), *before.number("time_to") - 1);
}

/// Of values that are exactly those of a line, whatever the offset, and what has left.
TEST(TimeToHard, IsAsExactAsTheValues) {
  for (const double offset : {0.0, 1e9, -1e12}) {
    auto r = made({{"threshold", {offset + 1e7}}, {"size", {20}}});
    for (std::int64_t i = 0; i < 50'000; i += 1'000) {
      std::vector<test::point> points;
      for (auto k = i; k < i + 1'000; ++k) {
        const bool step = k == 31'000 || k == 31'005;
        points.push_back(at(start + k * second, step ? 1e12 : offset + 0.5 * double(k)));
      }
      if (i == 31'000) continue;
      const auto p = last_of(r, points);
      ASSERT_DOUBLE_EQ(*p.number("time_to_slope"), 0.5);
    }
    std::vector<test::point> points;
    for (std::int64_t k = 50'000; k < 50'030; ++k) {
      points.push_back(at(start + k * second, k == 50'005 ? 1e12 : offset + 0.5 * double(k)));
    }
    const auto out = r.feed(points);
    EXPECT_GT(std::abs(*out.points[5].number("time_to_slope")), 1e9);
    EXPECT_DOUBLE_EQ(*out.points[25].number("time_to_slope"), 0.5);
    EXPECT_DOUBLE_EQ(*out.points[29].number("time_to"), (1e7 - 0.5 * 50'029) / 0.5);
  }
}

TEST(TimeToHard, LeavesOutWhatADoubleCannotHold) {
  auto r = made({{"threshold", {5}}, {"size", {3}}});
  EXPECT_EQ(r.feed({at(start, 1e308), at(start + second, -1e308)}).points.size(), 0u);
  const auto out = r.feed(
      {at(start + 2 * second, 1.0), at(start + 3 * second, 2.0), at(start + 4 * second, 3.0)});
  EXPECT_DOUBLE_EQ(*out.points.back().number("time_to"), 2.0);
}

TEST(TimeToHard, TakesTheFarthestTimes) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  auto r = made({{"threshold", {100}}, {"size", {10}}, {"timestamp", {}}, {"maxAhead", {0s}}});
  const auto p = last_of(r, {at(least, 1.0), at(most, 99.0)});
  EXPECT_NEAR(*p.number("time_to_slope"), 98 / 1.8446744073709552e10, 1e-20);
  EXPECT_NEAR(*p.number("time_to"), 1.8446744073709552e10 / 98, 1e-3);
  EXPECT_EQ(p.number("time_to_at"), std::nullopt);
}

TEST(TimeToHard, TakesIntsAndWhatChangesItsType) {
  auto r = made(ten_to_100);
  const auto out = r.feed({at(start, 1), at(start + second, "2"), at(start + second, true),
                           at(start + 2 * second, 3.0)});
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(*out.points[0].number("time_to_slope"), 1.0);
}

TEST(TimeToHard, RefusesASnapshotThatCannotBe) {
  std::vector<test::point> points;
  for (int i = 0; i < 70; ++i) points.push_back(at(start + i, double(i)));
  test::expect_no_harm_of_another_byte<functions::time_to>(
      {{"field", {"x"}}, {"threshold", {100}}, {"size", {50}}}, points);
}

TEST(TimeToOptions, AreRefusedWithWhatIsAllowed) {
  EXPECT_EQ(refusal({{"threshold", {1}}}),
            "time_to: the window needs a length: .size(points), .period(duration), or both");
  EXPECT_EQ(refusal({{"threshold", {1}}, {"size", {1}}}),
            "time_to: size must be 0 or at least 2, got 1: a line has no less");
  EXPECT_EQ(refusal({{"size", {3}}}), "time_to: threshold is required");
  EXPECT_EQ(refusal({{"threshold", {1}}, {"size", {3}}, {"direction", {"up"}}}),
            "time_to: direction must be one of 'either', 'above', 'below', got 'up'");
  EXPECT_EQ(refusal({{"threshold", {1}}, {"size", {3}}, {"unit", {0s}}, {"horizon", {0s}}}),
            "time_to: unit must be more than 0s, got 0s; horizon must be more than 0s, got 0s");
  EXPECT_EQ(refusal({{"threshold", {std::nan("")}}, {"size", {3}}}),
            "time_to: threshold must be a finite number");
}

}  // namespace
}  // namespace kapacitor::udf::time_to_test
