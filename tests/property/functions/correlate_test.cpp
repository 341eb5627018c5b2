#include "functions/statistics/correlate.hpp"

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "window_model.hpp"

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

/// Feeds a stream in parts, each to a new instance that begins with a snapshot of the last.
void compare_with_model(const test::window_length& length) {
  const auto options = test::with_length({{"x", {"x"}}, {"y", {"y"}}, {"as", {"c"}}}, length);
  test::restless_stream stream(static_cast<std::uint64_t>(length.size + 70));
  test::window_model window(static_cast<std::size_t>(length.size), length.period);
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
      const auto x = test::finite(p, "x"), y = test::finite(p, "y");
      if (!x || !y || !window.push(p.time, *x, *y)) continue;
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
