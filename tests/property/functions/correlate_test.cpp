#include "functions/statistics/correlate.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "window_model.hpp"
#include <kapacitor/udf/engine.hpp>

namespace kapacitor::udf::correlate_test {
namespace {

using functions::correlate;

void check_point(const test::point& got, const test::window_model& w) {
  std::vector<double> xs = w.xs(), ys;
  for (const auto& e : w.entries()) ys.push_back(e.y);
  const auto n = xs.size();
  ASSERT_EQ(got.number("c_count"), static_cast<double>(n));
  const auto mean_x = test::mean_of(xs), mean_y = test::mean_of(ys);
  const auto xx = test::about_mean(xs, 2), yy = test::about_mean(ys, 2);
  long double xy = 0;
  for (std::size_t i = 0; i < n; ++i) xy += (xs[i] - mean_x) * (ys[i] - mean_y);
  const bool has_line = std::any_of(xs.begin(), xs.end(), [&](double x) { return x != xs[0]; });
  const bool has_r =
      has_line && std::any_of(ys.begin(), ys.end(), [&](double y) { return y != ys[0]; });
  ASSERT_EQ(got.number("c").has_value(), has_r);
  ASSERT_EQ(got.number("c_slope").has_value(), has_line);
  ASSERT_EQ(got.number("c_intercept").has_value(), has_line);
  if (has_r) {
    ASSERT_NEAR(*got.number("c"), static_cast<double>(xy / std::sqrt(xx * yy)), 1e-12);
  }
  if (!has_line) return;
  const auto unit = std::sqrt(yy / xx);
  ASSERT_LE(std::abs(*got.number("c_slope") - xy / xx), 1e-12L * unit);
  ASSERT_LE(std::abs(*got.number("c_intercept") - (mean_y - xy / xx * mean_x)),
            1e-12L * (test::largest_of(ys) + unit * test::largest_of(xs)));
}

/// x and y of one point, or of two of equal time that come one after the other.
class pairs {
 public:
  std::optional<std::pair<double, double>> take(const test::point& p) {
    auto x = test::finite(p, "x"), y = test::finite(p, "y");
    if (!x && !y) return std::nullopt;
    if (waits_ && time_ == p.time && x.has_value() != y.has_value() &&
        x.has_value() != x_.has_value()) {
      (x ? y : x) = x ? y_ : x_;
    }
    waits_ = !(x && y);
    time_ = p.time;
    x_ = x;
    y_ = y;
    return x && y ? std::optional(std::pair(*x, *y)) : std::nullopt;
  }

 private:
  bool waits_ = false;
  std::int64_t time_ = 0;
  std::optional<double> x_, y_;
};

/// Feeds a stream in parts, each to a new instance that begins with a snapshot of the last.
void compare_with_model(const test::window_length& length) {
  const auto options = test::with_length({{"x", {"x"}}, {"y", {"y"}}, {"as", {"c"}}}, length);
  test::restless_stream stream(static_cast<std::uint64_t>(length.size + 70));
  test::window_model window(static_cast<std::size_t>(length.size), length.period);
  pairs readings;
  std::string snapshot;
  for (int round = 0; round < 5; ++round) {
    test::runner r(make_function<correlate>("f"), options);
    if (round > 0) {
      ASSERT_EQ(r.restore(snapshot), "");
    }
    const auto points = stream.points(4'000);
    const auto out = r.feed(points);
    ASSERT_EQ(out.error, "");
    std::size_t next = 0;
    for (const auto& p : points) {
      if (window.is_too_late(p.time)) continue;  // it does not disturb what waits for the other
      const auto pair = readings.take(p);
      if (!pair || !window.push(p.time, pair->first, pair->second)) continue;
      ASSERT_LT(next, out.points.size());
      ASSERT_NO_FATAL_FAILURE(check_point(out.points[next++], window)) << "at " << p.time;
    }
    ASSERT_EQ(next, out.points.size());
    snapshot = r.snapshot();
  }
}

TEST(Correlate, IsThatOfTheWindowComputedAnew) {
  for (const auto& length : test::window_lengths) {
    SCOPED_TRACE("size " + std::to_string(length.size) + ", period " +
                 std::to_string(length.period));
    compare_with_model(length);
  }
}

test::point at(std::int64_t time, test::field_value x, test::field_value y) {
  return {.fields = {{"x", std::move(x)}, {"y", std::move(y)}}, .time = time};
}
using fields = std::vector<std::pair<std::string, test::field_value>>;
fields last_of(const std::vector<test::point>& points, std::int64_t size = 4) {
  const auto out = test::run<correlate>({{"x", {"x"}}, {"y", {"y"}}, {"size", {size}}}, points);
  EXPECT_EQ(out.error, "");
  return out.points.empty() ? fields{} : out.points.back().fields;
}

TEST(Correlate, LeavesOutWhatThereIsNot) {
  const fields one{{"correlation_count", std::int64_t{1}}},
      two{{"correlation_count", std::int64_t{2}}};
  EXPECT_EQ(last_of({at(0, 1, 2)}), one);
  EXPECT_EQ(last_of({at(0, 1, 2), at(1, 1, 3)}), two);  // x is constant
  EXPECT_EQ(last_of({at(0, 1e200, 2), at(1, 1, 3)}), two);
  EXPECT_EQ(last_of({at(0, 1, 2), at(1, 2, 2)}), (fields{{"correlation_slope", 0.0},
                                                         {"correlation_intercept", 2.0},
                                                         {"correlation_count", std::int64_t{2}}}));
  // A point needs both.
  EXPECT_EQ(last_of({at(0, 1, 2), at(1, 1, "text"), {.fields = {{"x", 4.0}}, .time = 2}}), one);
  EXPECT_EQ(last_of({at(0, 1, 2), at(1, 2, 4.0), at(1, 3, 6), at(0, std::int64_t{4}, 8)}),
            (fields{{"correlation", 1.0},
                    {"correlation_slope", 2.0},
                    {"correlation_intercept", 0.0},
                    {"correlation_count", std::int64_t{4}}}));
}

TEST(Correlate, CountsAReadingThatWaitsInVainUntilTheEnd) {
  engine e(make_function<correlate>("correlate"), {{"x", {"x"}}, {"y", {"y"}}, {"size", {20}}},
           [](const result&) {});
  const auto add = [&](std::int64_t time, const std::vector<field>& given) {
    e.add({.name = "m", .fields = given, .time = timestamp(std::chrono::seconds(time))});
  };
  add(1, {{"x", 1}, {"y", 2}});
  add(2, {{"x", 1}});
  EXPECT_EQ(e.totals().points_skipped, 0U);
  e.finish();
  EXPECT_EQ(e.totals().skipped[reason::no_pair], 1U);
  EXPECT_EQ(e.totals().points_in, e.totals().points_out + e.totals().points_skipped);
}

TEST(Correlate, TakesFieldsOfOneTimeOnSeparateLines) {
  const std::vector<option> options = {{"x", {"x"}}, {"y", {"y"}}, {"size", {20}}};
  test::sample random(8);
  std::vector<test::point> whole, lines;
  for (int i = 0; i < 300; ++i) {
    whole.push_back(at(i / 2, random.part(), random.part()));
    auto first = whole.back(), second = whole.back();
    first.fields.erase(first.fields.begin() + (random.one_in(2) ? 0 : 1));
    std::erase_if(second.fields, [&](const auto& f) { return f.first == first.fields[0].first; });
    // Telegraf's system has a third line, of neither field.
    lines.insert(lines.end(),
                 {first, {.fields = {{"text", "3 days"}}, .time = first.time}, second});
  }
  const auto expected = test::run<correlate>(options, whole).points;
  auto r = std::make_unique<test::runner>(make_function<correlate>("f"), options);
  std::vector<test::point> got;
  for (const auto& line : lines) {
    const auto out = r->feed(std::vector{line});
    got.insert(got.end(), out.points.begin(), out.points.end());
    const auto saved = r->snapshot();
    r = std::make_unique<test::runner>(make_function<correlate>("f"), options);
    ASSERT_EQ(r->restore(saved), "");
  }
  ASSERT_EQ(got.size(), 300u);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(test::same(got[i], expected[i])) << i;
}

TEST(Correlate, SkipsWhatHasNoOtherFieldOfItsTime) {
  const auto only_x = [](std::int64_t t) { return test::point{.fields = {{"x", 1.0}}, .time = t}; };
  const auto only_y = [](std::int64_t t) { return test::point{.fields = {{"y", 1.0}}, .time = t}; };
  const auto points_of = [](const std::vector<test::point>& points) {
    return test::run<correlate>({{"x", {"x"}}, {"y", {"y"}}, {"size", {4}}}, points).points.size();
  };
  EXPECT_EQ(points_of({only_x(1), only_y(2), only_x(3), only_y(1)}), 0u);
  EXPECT_EQ(points_of({only_x(1), at(1, 2, 3), only_y(1), only_x(1)}), 2u);
  EXPECT_EQ(points_of({only_x(1), only_x(1), only_y(1), only_y(1)}), 1u);
}

TEST(Correlate, ForgetsAStepOnceItHasLeft) {
  test::sample random(4);
  for (const double step : {1e12, 1e130, 1e300}) {
    std::vector<test::point> points;
    for (int i = 0; i < 40; ++i) points.push_back(at(i, random.part(), random.part()));
    const auto fresh = last_of({points.end() - 10, points.end()}, 10);
    points[25].fields[0].second = step;
    points[28].fields[1].second = -step;
    const auto got = last_of(points, 10);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(std::get<double>(got[i].second), std::get<double>(fresh[i].second), 1e-13);
    }
  }
}

TEST(Correlate, DoesNotDriftOnAnOffset) {
  test::runner r(make_function<correlate>("f"), {{"x", {"x"}}, {"y", {"y"}}, {"size", {500}}});
  test::sample random(6);
  test::window_model window(500, 0);
  test::output out;
  for (int i = 0; i < 20; ++i) {
    std::vector<test::point> points;
    for (int k = 0; k < 10'000; ++k) {
      const double x = 1e9 + random.part(), y = 3e9 + random.part();
      window.push(k, x, y);
      points.push_back(at(k, x, y));
    }
    out = r.feed(points);
  }
  std::vector<double> ys;
  for (const auto& e : window.entries()) ys.push_back(e.y);
  const auto mean_x = test::mean_of(window.xs()), mean_y = test::mean_of(ys);
  long double xy = 0;
  for (const auto& e : window.entries()) xy += (e.x - mean_x) * (e.y - mean_y);
  const auto slope = xy / test::about_mean(window.xs(), 2);
  EXPECT_NEAR(*out.points.back().number("correlation_slope"), static_cast<double>(slope), 1e-13);
}

TEST(Correlate, RefusesWrongOptionsAndSnapshots) {
  const auto error = [](const std::vector<option>& options) {
    return test::error_of(make_function<correlate>("f"), options);
  };
  EXPECT_EQ(error({{"size", {3}}}), "x is required; y is required");
  EXPECT_EQ(error({{"x", {"a"}}, {"y", {"b"}}}),
            "the window needs a length: .size(points), .period(duration), or both");
  test::runner small(make_function<correlate>("f"), {{"x", {"x"}}, {"y", {"y"}}, {"size", {2}}});
  small.feed({at(1, 1, 2), at(2, 3, 4)});
  // One x and three y instead of two of both: the second x is the first y.
  const std::string none("\0", 1), one("\1", 1), two("\2", 1), three("\3", 1);
  const std::string value_one("\0\0\0\0\0\0\xf0\x3f", 8), value_three("\0\0\0\0\0\0\x08\x40", 8);
  const auto before = two + value_one + value_three + none + two;  // none: times of x
  const auto after = one + value_one + none + three + value_three;
  const auto forged = test::with_replaced(small.snapshot(), before, after);
  test::runner other(make_function<correlate>("f"), {{"x", {"x"}}, {"y", {"y"}}, {"size", {2}}});
  EXPECT_EQ(other.restore(forged), "the snapshot's windows of x and y differ in length");
}

}  // namespace
}  // namespace kapacitor::udf::correlate_test
