#include "functions/statistics/moving_stats.hpp"

#include <gtest/gtest.h>

#include "property/functions/reading.hpp"
#include "window_model.hpp"

namespace kapacitor::udf::moving_stats_test {
namespace {

using functions::moving_stats;
using test::at;
using test::second;

/// What a statistic is to be, and by how much it may differ; empty: it is to be left out.
struct expectation {
  std::optional<long double> value;
  long double tolerance = 0;
};

expectation slope_of(const test::window_model& w) {
  const auto& all = w.entries();
  std::vector<double> axis, values = w.xs();
  for (std::size_t i = 0; i < all.size(); ++i) {
    axis.push_back(w.timed() ? static_cast<double>(all[i].time - all[0].time) / 1e9
                             : static_cast<double>(i));
  }
  const auto xx = test::about_mean(axis, 2);
  if (xx == 0) return {};
  const auto mean_x = test::mean_of(axis), mean_y = test::mean_of(values);
  long double xy = 0;
  for (std::size_t i = 0; i < axis.size(); ++i) xy += (axis[i] - mean_x) * (values[i] - mean_y);
  return {xy / xx, 1e-12L * std::sqrt(test::about_mean(values, 2) / xx)};
}

expectation skew_of(const std::vector<double>& values) {
  const auto n = static_cast<long double>(values.size());
  const auto variance = test::about_mean(values, 2) / n;
  if (values.size() < 3 || *std::max_element(values.begin(), values.end()) ==
                               *std::min_element(values.begin(), values.end())) {
    return {};
  }
  const auto skew = test::about_mean(values, 3) / n / std::pow(variance, 1.5L);
  return {std::sqrt(n * (n - 1)) / (n - 2) * skew, 1e-9L * std::sqrt(n)};
}

expectation expected(const std::string& stat, const test::window_model& w) {
  const auto values = w.xs();
  const auto n = values.size();
  const auto largest = *std::max_element(values.begin(), values.end());
  const auto smallest = *std::min_element(values.begin(), values.end());
  const auto eps = 4e-16L * std::max(std::abs(largest), std::abs(smallest));
  if (stat == "mean") return {test::mean_of(values), eps};
  if (stat == "sum") return {test::mean_of(values) * static_cast<long double>(n), eps * n};
  if (stat == "count") return {static_cast<long double>(n), 0};
  if (stat == "first") return {values.front(), 0};
  if (stat == "last") return {values.back(), 0};
  if (stat == "min") return {smallest, 0};
  if (stat == "max") return {largest, 0};
  if (stat == "range") return {largest - smallest, 0};
  if (stat == "median") return {test::median_of(values), 0};
  if (stat == "mad") return {test::mad_of(values), 0};
  if (stat == "p99.5")
    return {test::percentile_of(values, 99.5), 2 * eps + 1e-13L * (largest - smallest)};
  if (stat == "p0") return {smallest, 0};
  if (stat == "p50") return {test::median_of(values), eps};
  if (stat == "skew") return skew_of(values);
  if (stat == "slope") return slope_of(w);
  if (n < 2) return {};
  const auto variance = test::about_mean(values, 2) / static_cast<long double>(n - 1);
  if (stat == "variance") return {variance, 1e-12L * variance};
  return {std::sqrt(variance), 1e-12L * std::sqrt(variance)};
}

const std::vector<std::string> all_stats{"mean", "stddev", "variance", "min",  "max", "range",
                                         "sum",  "count",  "first",    "last", "mad", "p99.5",
                                         "p0",   "p50",    "skew",     "slope"};

void check_point(const test::point& got, const std::string& prefix,
                 const std::vector<std::string>& stats, const test::window_model& w) {
  for (const auto& stat : stats) {
    const auto want = expected(stat, w);
    const auto is = got.number(prefix + stat);
    ASSERT_EQ(is.has_value(), want.value.has_value()) << stat << " at " << got.time;
    if (is) {
      ASSERT_LE(std::abs(*is - *want.value), want.tolerance)
          << stat << " at " << got.time << ": " << *is << ", expected " << *want.value;
    }
  }
}

/// Feeds a stream in parts, each to a new instance that begins with a snapshot of the last.
void compare_with_model(const test::window_length& length, const std::vector<std::string>& stats) {
  std::vector<option> options{{"field", {"x"}}, {"field", {"y"}}, {"as", {"x"}}, {"as", {"why"}}};
  for (const auto& s : stats) options.push_back({"statistic", {s}});
  options = test::with_length(options, length);
  test::restless_stream stream(static_cast<std::uint64_t>(length.size + 7));
  const auto size = static_cast<std::size_t>(length.size);
  test::window_model xs(size, length.period), ys(size, length.period);
  std::string snapshot;
  for (int round = 0; round < 6; ++round) {
    test::runner r(make_function<moving_stats>("f"), options);
    if (round > 0) {
      ASSERT_EQ(r.restore(snapshot), "");
    }
    const auto points = stream.points(1'000);
    const auto out = r.feed(points);
    ASSERT_EQ(out.error, "");
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = test::finite(p, "x"), y = test::finite(p, "y");
      const bool has_x = x && xs.push(p.time, *x), has_y = y && ys.push(p.time, *y);
      if (!has_x && !has_y) continue;
      ASSERT_LT(next, out.points.size());
      const auto& got = out.points[next++];
      ASSERT_EQ(got.time, p.time);
      ASSERT_EQ(got.fields.empty(), false);
      if (has_x) check_point(got, "x_", stats, xs);
      if (has_y) check_point(got, "why_", stats, ys);
      if (testing::Test::HasFatalFailure()) return;
    }
    ASSERT_EQ(next, out.points.size());
    snapshot = r.snapshot();
  }
}

TEST(MovingStats, AreThoseOfTheWindowComputedAnew) {
  for (const auto& length : test::window_lengths) {
    SCOPED_TRACE("size " + std::to_string(length.size) + ", period " +
                 std::to_string(length.period));
    compare_with_model(length, all_stats);
    // By itself each keeps less.
    for (const char* stat : {"mean", "sum", "median"}) compare_with_model(length, {stat});
  }
}

/// The last point's answer.
test::point last_of(const std::vector<option>& options, const std::vector<test::point>& points) {
  const auto out = test::run<moving_stats>(options, points);
  EXPECT_EQ(out.error, "");
  return out.points.empty() ? test::point{} : out.points.back();
}
std::vector<option> of_x(const std::vector<std::string>& stats, std::vector<option> more) {
  more.push_back({"field", {"x"}});
  for (const auto& s : stats) more.push_back({"statistic", {s}});
  return more;
}
using fields = std::vector<std::pair<std::string, test::field_value>>;

TEST(MovingStats, AreNamedByFieldOrAs) {
  const auto names = [](const std::vector<option>& options) {
    std::string all;
    for (const auto& f : last_of(options, {at(1, 2.0)}).fields) all += f.first + " ";
    return all;
  };
  EXPECT_EQ(names(of_x({"mean"}, {{"size", {3}}})), "x_mean ");
  EXPECT_EQ(names(of_x({"mean", "p99.9"}, {{"size", {3}}})), "x_mean x_p99.9 ");
  EXPECT_EQ(names(of_x({"mean"}, {{"size", {3}}, {"as", {"avg"}}})), "avg ");
  EXPECT_EQ(names(of_x({"mean", "max"}, {{"size", {3}}, {"as", {"v"}}})), "v_mean v_max ");
  EXPECT_EQ(names(of_x({"max"}, {{"size", {3}}, {"as", {"v"}}, {"keep", {}}})), "x v ");
}

TEST(MovingStats, HoldWhatTheirDescriptionSaysAtTheEdges) {
  const auto period = std::chrono::nanoseconds(10 * second);
  const auto in_time = of_x({"count", "sum", "variance", "slope"}, {{"period", {period}}});
  // One point, equal times: no variance, no slope.
  EXPECT_EQ(last_of(in_time, {at(5, 3.0)}).fields,
            (fields{{"x_count", std::int64_t{1}}, {"x_sum", 3.0}}));
  EXPECT_EQ(last_of(in_time, {at(5, 3.0), at(5, 5.0)}).fields,
            (fields{{"x_count", std::int64_t{2}}, {"x_sum", 8.0}, {"x_variance", 2.0}}));
  // Late, but not by a period: as new as the newest. By a period: nothing.
  EXPECT_EQ(last_of(in_time, {at(20 * second, 3.0), at(11 * second, 4.0)}).number("x_sum"), 7.0);
  EXPECT_EQ(
      test::run<moving_stats>(in_time, {at(20 * second, 3.0), at(10 * second, 4.0)}).points.size(),
      1u);
  // A gap longer than the window.
  EXPECT_EQ(last_of(in_time, {at(0, 3.0), at(10 * second, 4.0)}).number("x_count"), 1.0);
  // Per second, and per point.
  EXPECT_EQ(last_of(in_time, {at(0, 3.0), at(2 * second, 4.0)}).number("x_slope"), 0.5);
  EXPECT_EQ(last_of(of_x({"slope"}, {{"size", {9}}}), {at(0, 3.0), at(2 * second, 4.0)})
                .number("x_slope"),
            1.0);
  // An int beyond 2^53 is the nearest double; a text is not a number.
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(last_of(of_x({"max"}, {{"size", {9}}}), {at(0, beyond), at(1, 1.5)}).number("x_max"),
            0x1p53);
  EXPECT_EQ(last_of(of_x({"count"}, {{"size", {9}}}), {at(0, 1), at(1, "2"), at(2, 2.5)})
                .number("x_count"),
            2.0);
}

TEST(MovingStats, ForgetAStepOnceItHasLeft) {
  const std::vector<std::string> stats{"mean", "stddev", "skew", "slope", "sum"};
  for (const double step : {1e12, 1e60, 1e120, 1e300}) {
    const auto options = of_x(stats, {{"size", {20}}});
    test::sample random(3);
    std::vector<test::point> points, after;
    for (int i = 0; i < 33; ++i) points.push_back(at(i, i % 16 == 4 ? step : random.part()));
    for (int i = 33; i < 53; ++i) after.push_back(at(i, 7 + random.part()));
    const auto fresh = last_of(options, after);
    points.insert(points.end(), after.begin(), after.end());
    const auto got = last_of(options, points);
    for (const auto& s : stats) {
      const auto name = "x_" + s;
      ASSERT_NEAR(got.number(name).value(), fresh.number(name).value(), 1e-13) << s << step;
    }
  }
  // The level goes up and stays: from the point on at which all are on it.
  std::vector<test::point> steps;
  for (int i = 0; i < 60; ++i) steps.push_back(at(i, i < 33 ? 1.0 : 1e12 + i % 2));
  EXPECT_NEAR(last_of(of_x({"variance"}, {{"size", {20}}}), {steps.begin(), steps.begin() + 53})
                  .number("x_variance")
                  .value(),
              5.0 / 19, 1e-14);
}

TEST(MovingStats, HaveASpreadOfExactly0WhereAllAreEqual) {
  for (const double level : {0.1, 1e9 / 3, 1e-200, -1e90}) {
    const auto options = of_x({"variance", "mad", "range", "skew"}, {{"size", {49}}});
    std::vector<test::point> points{at(0, 5.0), at(1, 1e12)};
    for (int i = 2; i < 200; ++i) points.push_back(at(i, level));
    EXPECT_EQ(last_of(options, points).fields,
              (fields{{"x_variance", 0.0}, {"x_mad", 0.0}, {"x_range", 0.0}}));
  }
}

TEST(MovingStats, DoNotDriftOnAnOffset) {
  const std::size_t n = 1'000'000, size = 1'000;
  test::runner r(make_function<moving_stats>("f"),
                 of_x({"mean", "variance"}, {{"size", {static_cast<std::int64_t>(size)}}}));
  test::sample random(5);
  std::vector<double> all;
  test::point last;
  for (std::size_t i = 0; i < n; i += 10'000) {
    std::vector<test::point> points;
    for (std::size_t k = 0; k < 10'000; ++k) {
      all.push_back(1e9 + random.part());
      points.push_back(at(static_cast<std::int64_t>(i + k), all.back()));
    }
    last = r.feed(points).points.back();
  }
  const std::vector<double> window(all.end() - size, all.end());
  EXPECT_NEAR(*last.number("x_mean"), static_cast<double>(test::mean_of(window)), 1.2e-7);
  const auto variance = static_cast<double>(test::about_mean(window, 2) / (size - 1));
  EXPECT_NEAR(*last.number("x_variance"), variance, 1e-13 * variance);
}

TEST(MovingStats, TakeHundredThousandGroups) {
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(
        {.tags = {{"host", std::to_string(i)}}, .fields = {{"x", 1.0 * i}}, .time = i});
  }
  const auto out = test::run<moving_stats>(of_x({"median"}, {{"size", {100'000}}}), points);
  ASSERT_EQ(out.points.size(), points.size());
  EXPECT_EQ(out.points.back().number("x_median"), 99'999.0);
}

TEST(MovingStats, RefuseSnapshotsThatCannotBe) {
  const auto make = [](const char* stat) {
    return test::runner(make_function<moving_stats>("f"), of_x({stat}, {{"size", {5}}}));
  };
  auto r = make("median");
  r.feed({at(1, 1.0), at(2, 2.0)});
  auto forged = r.snapshot();
  // An infinity in place of the 2.
  const std::string two("\0\0\0\0\0\0\0\x40", 8), infinity("\0\0\0\0\0\0\xf0\x7f", 8);
  const auto place = forged.find(two);
  ASSERT_NE(place, std::string::npos);
  EXPECT_EQ(make("median").restore(forged), "");
  EXPECT_NE(make("median").restore(forged.replace(place, 8, infinity)), "");
}

TEST(MovingStats, SayWhatIsWrongWithTheOptions) {
  const auto error = [](const std::vector<option>& options) {
    return test::error_of(make_function<moving_stats>("f"), options);
  };
  EXPECT_EQ(error({{"field", {"x"}}, {"size", {3}}}), "statistic is required");
  EXPECT_EQ(error(of_x({"average"}, {{"size", {3}}})),
            "statistic must be one of 'mean', 'stddev', 'variance', 'min', 'max', 'range', 'sum', "
            "'count', 'first', 'last', 'median', 'mad', 'skew', 'slope', or a percentile from 'p0' "
            "to 'p100' such as 'p99.9', got 'average'");
  for (const char* wrong : {"p", "p101", "p-1", "p1e1", "p9x", "pinf", "p."}) {
    EXPECT_NE(error(of_x({wrong}, {{"size", {3}}})), "") << wrong;
  }
  EXPECT_EQ(error(of_x({"mean"}, {})),
            "the window needs a length: .size(points), .period(duration), or both");
  EXPECT_EQ(error(of_x({"mean", "mean"}, {{"size", {3}}, {"field", {"x"}}, {"as", {"a"}}})),
            "field 'x' is given more than once; statistic 'mean' is given more than once; as is "
            "given 1 times "
            "and field 2 times: give one for each field, in the same order, or none");
  EXPECT_EQ(error({{"field", {"x"}},
                   {"field", {"x_p1"}},
                   {"as", {"a"}},
                   {"as", {"a"}},
                   {"statistic", {"p1"}},
                   {"size", {1}}}),
            "as 'a' is given more than once");
  std::vector<option> many = of_x({"mean"}, {{"size", {1}}});
  for (int i = 0; i < 16; ++i) many.push_back({"field", {"x" + std::to_string(i)}});
  EXPECT_EQ(error(many), "field is given 17 times, 16 are allowed");
}

}  // namespace
}  // namespace kapacitor::udf::moving_stats_test
