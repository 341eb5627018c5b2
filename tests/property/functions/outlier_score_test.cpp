#include "functions/detection/outlier_score.hpp"

#include <gtest/gtest.h>

#include "property/functions/reading.hpp"
#include "window_model.hpp"

namespace kapacitor::udf::outlier_score_test {
namespace {

using functions::outlier_score;
using test::at;
using test::second;

/// The usual range, by the definition.
struct range {
  long double low = 0, high = 0, spread = 0;
};

range range_of(const std::string& method, const std::vector<double>& values) {
  if (method == "zscore") {
    const auto mean = test::mean_of(values);
    const auto n = static_cast<long double>(values.size());
    return {mean, mean, std::sqrt(test::about_mean(values, 2) / (n - 1))};
  }
  if (method == "robust") {
    const double median = test::median_of(values);
    return {median, median, 1.4826L * test::mad_of(values)};
  }
  const double lower = test::percentile_of(values, 25), upper = test::percentile_of(values, 75);
  return {lower, upper, upper - lower};
}

/// Weights written out: of alpha, or by age.
struct weighted_model {
  double alpha = 0;
  long double half_life = 0;  // ns; 0: by alpha
  std::vector<std::pair<long double, std::int64_t>> seen = {};

  void push(std::int64_t time, double x) {
    if (!seen.empty()) time = std::max(time, seen.back().second);
    // What weighs nothing any more.
    if (seen.size() > 300) seen.erase(seen.begin(), seen.begin() + 100);
    seen.emplace_back(x, time);
  }
  range usual() const {
    std::vector<long double> weights;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const auto age = static_cast<long double>(seen.back().second - seen[i].second);
      const auto later = static_cast<long double>(seen.size() - 1 - i);
      weights.push_back(half_life > 0 ? std::exp2(-age / half_life)
                                      : std::pow(1 - static_cast<long double>(alpha), later) *
                                            (i == 0 ? 1 : alpha));
    }
    long double total = 0, mean = 0, squares = 0;
    for (const auto w : weights) total += w;
    for (std::size_t i = 0; i < weights.size(); ++i) mean += weights[i] * seen[i].first / total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      squares += weights[i] * (seen[i].first - mean) * (seen[i].first - mean) / total;
    }
    return {mean, mean, std::sqrt(squares)};
  }
};

/// `scale`: of the values that the range was made of.
void check_point(const test::point& got, double x, const range& r, double threshold, bool judged,
                 long double scale) {
  const auto lower = r.low - threshold * r.spread, upper = r.high + threshold * r.spread;
  ASSERT_LE(std::abs(got.number("outlier_lower").value() - lower), 1e-14L * scale);
  ASSERT_LE(std::abs(got.number("outlier_upper").value() - upper), 1e-14L * scale);
  const auto off = x > r.high ? x - r.high : x < r.low ? x - r.low : 0;
  const double score = got.number("outlier_score").value();
  ASSERT_LE(std::abs(score), 1e6);
  if (r.spread > 1e-9L * scale) {
    const auto expected = std::clamp<long double>(off / r.spread, -1e6L, 1e6L);
    ASSERT_LE(std::abs(score - expected), 1e-9L * (1 + std::abs(expected)));
  }
  const bool is_anomaly = std::get<bool>(*got.find("outlier_is_anomaly"));
  // On the limit itself, rounding decides.
  const auto margin = 1e-13L * scale;
  const bool inside = x >= lower + margin && x <= upper - margin;
  const bool outside = x < lower - margin || x > upper + margin;
  ASSERT_FALSE(is_anomaly && (inside || !judged));
  ASSERT_FALSE(!is_anomaly && outside && judged);
}

void compare_with_model(const std::string& method, const test::window_length& length) {
  const auto options =
      test::with_length({{"field", {"x"}}, {"method", {method}}, {"spreads", {2.0}}}, length);
  test::restless_stream stream(static_cast<std::uint64_t>(length.size + 100));
  test::window_model window(static_cast<std::size_t>(length.size), length.period);
  const auto warmup =
      static_cast<std::size_t>(length.size ? std::min<std::int64_t>(10, length.size) : 10);
  std::string snapshot;
  for (int round = 0; round < 4; ++round) {
    test::runner r(make_function<outlier_score>("f"), options);
    if (round > 0) {
      ASSERT_EQ(r.restore(snapshot), "");
    }
    const auto points = stream.points(1'500);
    const auto out = r.feed(points);
    ASSERT_EQ(out.error, "");
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = test::finite(p, "x");
      const auto before = window.xs();
      if (!x || !window.push(p.time, *x)) continue;
      ASSERT_LT(next, out.points.size());
      const auto& got = out.points[next++];
      if (before.size() < 2) {
        ASSERT_EQ(got.fields.size(), 1u);
        ASSERT_FALSE(std::get<bool>(*got.find("outlier_is_anomaly")));
        continue;
      }
      check_point(got, *x, range_of(method, before), 2, before.size() >= warmup,
                  test::largest_of(before));
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "at " << p.time;
    }
    ASSERT_EQ(next, out.points.size());
    snapshot = r.snapshot();
  }
}

TEST(OutlierScore, JudgesByTheWindowBeforeThePoint) {
  for (const char* method : {"zscore", "robust", "tukey"}) {
    for (const auto& length : test::window_lengths) {
      SCOPED_TRACE(std::string(method) + ", size " + std::to_string(length.size) + ", period " +
                   std::to_string(length.period));
      compare_with_model(method, length);
    }
  }
}

TEST(OutlierScore, WeighsPointsByTheirOrderOrTheirAge) {
  for (const bool by_age : {false, true}) {
    std::vector<option> options{{"field", {"x"}}, {"method", {"ewma"}}, {"warmup", {3}}};
    if (by_age) {
      options.push_back({"halfLife", {std::chrono::nanoseconds(2 * second)}});
    } else {
      options.push_back({"alpha", {0.25}});
    }
    weighted_model model{.alpha = 0.25, .half_life = by_age ? 2.0L * second : 0};
    test::sample random(8);
    std::int64_t time = 0;
    std::string snapshot;
    for (int round = 0; round < 6; ++round) {
      test::runner r(make_function<outlier_score>("f"), options);
      if (round > 0) {
        ASSERT_EQ(r.restore(snapshot), "");
      }
      std::vector<test::point> points;
      for (int i = 0; i < 500; ++i) {
        time += static_cast<std::int64_t>(random.below(second));
        const auto late = random.one_in(10) ? static_cast<std::int64_t>(random.below(second)) : 0;
        points.push_back({.fields = {{"x", 10 + random.part()}}, .time = time - late});
      }
      const auto out = r.feed(points);
      ASSERT_EQ(out.points.size(), points.size());
      for (std::size_t i = 0; i < points.size(); ++i) {
        const double x = *points[i].number("x");
        if (model.seen.size() >= 2) {
          check_point(out.points[i], x, model.usual(), 3, model.seen.size() >= 3, 1e3);
          ASSERT_FALSE(testing::Test::HasFatalFailure()) << round << " " << i;
        }
        model.push(points[i].time, x);
      }
      snapshot = r.snapshot();
    }
  }
}

const std::vector<std::vector<option>> methods{
    {{"field", {"x"}}, {"method", {"zscore"}}, {"size", {20}}},
    {{"field", {"x"}}, {"method", {"robust"}}, {"size", {20}}},
    {{"field", {"x"}}, {"method", {"tukey"}}, {"size", {20}}},
    {{"field", {"x"}}, {"method", {"ewma"}}},
    {{"field", {"x"}}, {"method", {"ewma"}}, {"halfLife", {std::chrono::nanoseconds(5 * second)}}}};

TEST(OutlierScore, HasAMostWhereNothingVaries) {
  for (const auto& options : methods) {
    SCOPED_TRACE(std::get<std::string>(options[1].values[0].held()));
    test::runner r(make_function<outlier_score>("f"), options);
    const auto feed = [&](std::int64_t time, double x) {
      return r.feed({at(time * second, x)}).points.at(0);
    };
    // Until ten points are known, nothing is called an anomaly.
    for (int i = 0; i < 9; ++i) feed(i, 0.1);
    r.feed({at(9 * second, 0.1)});
    for (int i = 10; i < 40; ++i) {
      EXPECT_EQ(feed(i, 0.1).fields, (std::vector<std::pair<std::string, test::field_value>>{
                                         {"outlier_score", 0.0},
                                         {"outlier_lower", 0.1},
                                         {"outlier_upper", 0.1},
                                         {"outlier_is_anomaly", false}}));
    }
    const auto snapshot = r.snapshot();
    for (const double x : {0.2, 1e308}) {
      ASSERT_EQ(r.restore(snapshot), "");
      const auto high = feed(40, x);
      EXPECT_EQ(high.number("outlier_score"), 1e6);
      EXPECT_EQ(*high.find("outlier_is_anomaly"), test::field_value(true));
      ASSERT_EQ(r.restore(snapshot), "");
      EXPECT_EQ(feed(40, -x).number("outlier_score"), -1e6);
    }
  }
}

TEST(OutlierScore, RecoversFromHugeValues) {
  for (const auto& options : methods) {
    SCOPED_TRACE(std::get<std::string>(options[1].values[0].held()));
    test::runner r(make_function<outlier_score>("f"), options);
    test::sample random(9);
    std::vector<test::point> points;
    for (int i = 0; i < 12'000; ++i) points.push_back(at(i * second, 5 + random.part()));
    points[10].fields[0].second = 1e308;
    points[11].fields[0].second = -1e308;
    const auto last = r.feed(points).points.back();
    EXPECT_LT(std::abs(last.number("outlier_score").value()), 4);
    EXPECT_LT(last.number("outlier_upper").value(), 10);
    EXPECT_GT(last.number("outlier_lower").value(), 0);
  }
}

TEST(OutlierScore, WaitsForTheWarmup) {
  for (const std::int64_t warmup : {0, 2, 5, 20}) {
    for (auto options : methods) {
      options.push_back({"warmup", {warmup}});
      std::vector<test::point> points;
      for (int i = 0; i < 25; ++i)
        points.push_back(at(i * second, i % 2 + 1000.0 * (i > 0) * i * i));
      const auto out = test::run<outlier_score>(options, points);
      for (std::size_t i = 0; i < static_cast<std::size_t>(warmup); ++i) {
        EXPECT_EQ(*out.points[i].find("outlier_is_anomaly"), test::field_value(false));
      }
    }
  }
  // From the first point on that is judged.
  const auto out =
      test::run<outlier_score>({{"field", {"x"}}, {"size", {20}}, {"warmup", {5}}},
                               {at(0, 1), at(1, 1), at(2, 1), at(3, 1), at(4, 1), at(5, 2)});
  EXPECT_EQ(*out.points[5].find("outlier_is_anomaly"), test::field_value(true));
}

TEST(OutlierScore, BeginsAnewAfterManyHalfLives) {
  const auto out = test::run<outlier_score>(
      methods[4],
      {at(0, 1), at(second, 1), at(100 * second, 5), at(101 * second, 6), at(102 * second, 6)});
  EXPECT_EQ(out.points[2].number("outlier_score"), 1e6);
  EXPECT_EQ(out.points[3].number("outlier_score"), std::nullopt);
  EXPECT_LT(out.points[4].number("outlier_score").value(), 2);
}

TEST(OutlierScore, SaysWhatIsWrongWithTheOptions) {
  const auto error = [](std::vector<option> options) {
    options.push_back({"field", {"x"}});
    return test::error_of(make_function<outlier_score>("f"), options);
  };
  const std::chrono::nanoseconds time(5);
  EXPECT_EQ(error({}), "the window needs a length: .size(points), .period(duration), or both");
  EXPECT_EQ(error({{"method", {"z"}}, {"size", {5}}}),
            "method must be one of 'zscore', 'robust', 'tukey', 'ewma', got 'z'");
  EXPECT_EQ(error({{"method", {"ewma"}}, {"size", {5}}}),
            "size is not for .method('ewma'), which has no window: give .alpha(weight) or "
            ".halfLife(duration)");
  EXPECT_EQ(error({{"method", {"ewma"}}, {"period", {time}}}),
            "period is not for .method('ewma'), which has no window: give .alpha(weight) or "
            ".halfLife(duration)");
  EXPECT_EQ(error({{"method", {"ewma"}}, {"alpha", {0.1}}, {"halfLife", {time}}}),
            "give alpha or halfLife, not both");
  EXPECT_EQ(error({{"size", {5}}, {"alpha", {0.1}}}),
            "alpha is for .method('ewma') only, the method is 'zscore'");
  EXPECT_EQ(error({{"size", {5}}, {"method", {"tukey"}}, {"halfLife", {time}}}),
            "halfLife is for .method('ewma') only, the method is 'tukey'");
  EXPECT_EQ(error({{"size", {5}}, {"warmup", {6}}}),
            "warmup must be at most the window's 5 points, got 6");
  EXPECT_EQ(error({{"size", {5}}, {"spreads", {0.0}}, {"warmup", {-1}}}),
            "spreads must be more than 0.0, got 0.0; warmup must be at least 0, got -1");
}

}  // namespace
}  // namespace kapacitor::udf::outlier_score_test
