#include "functions/signal/filter.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/functions/signal_stream.hpp"
#include "property/functions/slow_filters.hpp"

// filter against filters as their definitions have them.
namespace kapacitor::udf::filter_test {
namespace {

using namespace std::chrono_literals;
using functions::filter;
using test::second;
using test::usable;

struct shape {
  std::vector<option> options;
  std::function<test::slow_filter()> slow;
  double error = 1e-9;  // of values of about 100, with some of 10,000
};

std::vector<option> of_method(const char* method, std::vector<option> more) {
  more.push_back({"field", {"x"}});
  more.push_back({"method", {method}});
  return more;
}
shape lowpass(const char* method, int order, double cutoff) {
  return {of_method(method, {{"order", {order}}, {"cutoff", {cutoff}}, {"interval", {1s}}}),
          [=] { return test::slow_butterworth(method, order, cutoff); }};
}
shape band(const char* method, int order, double low, double high) {
  // Ten times as fast.
  return {
      of_method(
          method,
          {{"order", {order}}, {"low", {low * 10}}, {"high", {high * 10}}, {"interval", {100ms}}}),
      [=] { return test::slow_butterworth(method, order, low, high); }};
}
shape median(std::size_t size) {
  return {of_method("median", {{"size", {size}}}),
          [=] {
            return [w = test::slow_window(size)](double x) mutable {
              return test::slow_median(w.with(x));
            };
          },
          0};
}
shape hampel(std::size_t size, double threshold) {
  return {of_method("hampel", {{"size", {size}}, {"spreads", {threshold}}}),
          [=] {
            return [w = test::slow_window(size), threshold](double x) mutable {
              return test::slow_hampel(w.with(x), threshold);
            };
          },
          0};
}
shape savgol(std::size_t size, std::size_t degree) {
  return {of_method("savgol", {{"size", {size}}, {"degree", {degree}}}), [=] {
            return [w = test::slow_window(size), degree](double x) mutable {
              return test::slow_savgol(w.with(x), degree);
            };
          }};
}
shape kalman(double process, double measurement) {
  return {of_method("kalman", {{"processNoise", {process}}, {"measurementNoise", {measurement}}}),
          [=] { return test::slow_kalman(process, measurement); }};
}

/// Also whether the outliers said are those that are replaced. max_gap 0: none.
void expect_like_slow(const shape& s, std::uint64_t seed, std::size_t n,
                      std::chrono::nanoseconds max_gap) {
  const auto points = test::signal_stream(seed, second).points(n);
  auto options = s.options;
  options.push_back({"maxGap", {max_gap}});
  std::string problem;
  const auto out = test::feed_with_a_restart(make_function<filter>("f"), options, points, problem);
  ASSERT_EQ(problem + out.error, "");
  auto slow = s.slow();
  std::size_t next = 0;
  std::int64_t newest = points[0].time;
  for (const auto& p : points) {
    const auto x = usable(p, "x");
    if (!x) continue;
    if (max_gap.count() > 0 && p.time - newest > max_gap.count()) slow = s.slow();
    newest = next == 0 ? p.time : std::max(newest, p.time);
    const double expected = slow(*x);
    ASSERT_LT(next, out.points.size());
    const auto& got = out.points[next++];
    ASSERT_EQ(got.time, p.time);
    ASSERT_NEAR(*got.number("filtered"), expected, s.error * (1 + std::abs(expected))) << next;
    if (const auto* outlier = got.find("filtered_outlier")) {
      ASSERT_EQ(*outlier, test::field_value(expected != *x));
    }
  }
  ASSERT_EQ(next, out.points.size());
}

TEST(Filter, DoesAsItsDefinitionSays) {
  const std::vector<shape> shapes = {lowpass("lowpass", 1, 0.3),
                                     lowpass("lowpass", 4, 0.1),
                                     lowpass("lowpass", 7, 0.05),
                                     lowpass("highpass", 1, 0.01),
                                     lowpass("highpass", 2, 0.4),
                                     lowpass("highpass", 8, 0.2),
                                     band("bandpass", 1, 0.05, 0.06),
                                     band("bandpass", 4, 0.1, 0.25),
                                     band("bandpass", 3, 0.001, 0.45),
                                     band("bandstop", 1, 0.2, 0.3),
                                     band("bandstop", 3, 0.05, 0.4),
                                     median(1),
                                     median(9),
                                     median(32),
                                     hampel(7, 3.0),
                                     hampel(20, 1.0),
                                     savgol(1, 0),
                                     savgol(11, 2),
                                     savgol(25, 5),
                                     kalman(0.01, 1),
                                     kalman(3, 0.5),
                                     kalman(0, 1)};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    std::string name;
    for (const auto& o : shapes[i].options) {
      name += "." + o.name + "(" + to_string(o.values[0]) + ")";
    }
    SCOPED_TRACE(name);
    expect_like_slow(shapes[i], i + 1, 4'600, i % 2 == 0 ? 0s : 20s);
    if (testing::Test::HasFatalFailure()) return;
  }
}

std::vector<test::point> series(const std::vector<test::field_value>& values) {
  std::vector<test::point> points;
  for (const auto& v : values) {
    points.push_back({.fields = {{"x", v}}, .time = static_cast<std::int64_t>(points.size())});
  }
  return points;
}
std::vector<double> numbers(const test::output& out) {
  std::vector<double> result;
  for (const auto& p : out.points) result.push_back(p.number("filtered").value_or(std::nan("")));
  return result;
}

const std::vector<std::vector<option>> one_of_each = {lowpass("lowpass", 4, 0.1).options,
                                                      lowpass("highpass", 3, 0.1).options,
                                                      band("bandpass", 2, 0.1, 0.2).options,
                                                      band("bandstop", 2, 0.1, 0.2).options,
                                                      median(5).options,
                                                      hampel(5, 3).options,
                                                      savgol(7, 2).options,
                                                      kalman(0.5, 1).options};

TEST(Filter, LetsAConstantPassWithoutATransientOrRemovesIt) {
  for (std::size_t i = 0; i < one_of_each.size(); ++i) {
    const bool removed = i == 1 || i == 2;
    const auto out = test::run<filter>(one_of_each[i], series(std::vector<test::field_value>(
                                                           1'000, test::field_value(1e9 + 0.1))));
    EXPECT_EQ(numbers(out), std::vector<double>(1'000, removed ? 0 : 1e9 + 0.1)) << i;
  }
}

TEST(Filter, ForgetsAStepAndSurvivesWhatIsBeyondADouble) {
  test::sample random(7);
  std::vector<test::field_value> before, calm;
  for (int i = 0; i < 100; ++i) before.emplace_back(random.part());
  for (int i = 0; i < 1'000; ++i) calm.emplace_back(random.part());
  for (std::size_t i = 0; i < one_of_each.size(); ++i) {
    SCOPED_TRACE(i);
    auto usual = before, step = before, huge = before;
    for (int k = 0; k < 20; ++k) {
      usual.emplace_back(0.5);
      step.emplace_back(1e12);
      huge.emplace_back(k % 2 == 0 ? 1.7e308 : -1.7e308);
    }
    for (auto* all : {&usual, &step, &huge}) all->insert(all->end(), calm.begin(), calm.end());
    const auto a = numbers(test::run<filter>(one_of_each[i], series(usual)));
    const auto b = numbers(test::run<filter>(one_of_each[i], series(step)));
    const auto c = numbers(test::run<filter>(one_of_each[i], series(huge)));
    ASSERT_EQ(b.size(), a.size());
    for (std::size_t back = 1; back <= 200; ++back) {
      ASSERT_NEAR(b[b.size() - back], a[a.size() - back], 1e-14);
      // What has no window forgets little by little, and this takes long.
      if (i >= 4 && i <= 6) {
        ASSERT_NEAR(c[c.size() - back], a[a.size() - back], 1e-12);
      }
    }
    for (const double y : c) ASSERT_TRUE(std::isfinite(y));
  }
  // Begins again with the next point.
  EXPECT_EQ(numbers(test::run<filter>(one_of_each[0], series({-1e308, 1e308, 5.0, 5.0}))),
            (std::vector<double>{-1e308, 5, 5}));
}

TEST(Filter, KeepsItsDigitsWithAnOffset) {
  test::sample random(8);
  std::vector<test::point> points;
  std::vector<double> noise;
  for (std::size_t i = 0; i < 50'000; ++i) {
    // Exactly the same with the offset and without.
    noise.push_back(std::floor(random.part() * 0x1p20) * 0x1p-20);
    points.push_back({.fields = {{"x", 1e9 + noise.back()}}});
  }
  for (const auto& s : {lowpass("lowpass", 4, 0.02), lowpass("highpass", 4, 0.02)}) {
    auto slow = s.slow();
    const auto got = numbers(test::run<filter>(s.options, points));
    const double offset = s.options.back().values[0] == option_value("lowpass") ? 1e9 : 0;
    // Half of the last digit of what comes out, or what a filter loses on the way.
    const double error = offset > 0 ? 1.3e-7 : 1e-11;
    for (std::size_t i = 0; i < noise.size(); ++i) {
      ASSERT_NEAR(got[i] - offset, slow(noise[i]), error) << i;
    }
  }
}

TEST(Filter, TakesPointsInTheOrderTheyCome) {
  const auto at = [](std::int64_t t, test::field_value x) {
    return test::point{.fields = {{"x", std::move(x)}}, .time = t};
  };
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  const auto options = of_method("median", {{"size", {3}}});
  EXPECT_EQ(
      numbers(test::run<filter>(options, std::vector<test::point>{at(5, 1), at(5, 3.0), at(1, 2),
                                                                  at(9, "text"), at(9, beyond)})),
      (std::vector<double>{1, 2, 2, 3}));
  // A gap longer than maxGap, and the longest that there is.
  const auto least = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(numbers(test::run<filter>(
                of_method("median", {{"size", {3}}, {"maxGap", {10ns}}}),
                std::vector<test::point>{at(least, 1), at(0, 9), at(10, 11), at(-5, 10), at(20, 12),
                                         at(31, 5), at(-(least + 1), 6)})),
            (std::vector<double>{1, 9, 10, 10, 11, 5, 6}));
}

TEST(Filter, HasAHundredThousandGroups) {
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back({.tags = {{"host", std::to_string(i)}}, .fields = {{"x", i}}});
  }
  const auto got = numbers(test::run<filter>(of_method("median", {{"size", {99}}}), points));
  ASSERT_EQ(got.size(), points.size());
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], static_cast<double>(i));
}

TEST(Filter, RefusesASnapshotThatCannotBe) {
  for (const auto& options : one_of_each) {
    test::expect_no_harm_of_another_byte<filter>(options, series({1.5, 2.5, 9.0, 4.0}),
                                                 series({1.0, 2.0, 3.0}));
  }
}

TEST(Filter, SaysWhatIsWrongWithTheOptions) {
  const auto error = [](const char* method, std::vector<option> more) {
    return test::error_of(make_function<filter>("f"), of_method(method, std::move(more)));
  };
  const option cutoff{"cutoff", {0.1}}, second_long{"interval", {1s}};
  EXPECT_EQ(error("mean", {}),
            "method must be one of 'lowpass', 'highpass', 'bandpass', 'bandstop', 'median', "
            "'hampel', 'savgol', 'kalman', got 'mean'");
  EXPECT_EQ(error("lowpass", {}), "method 'lowpass' needs cutoff; method 'lowpass' needs interval");
  EXPECT_EQ(error("bandstop", {cutoff, second_long}),
            "method 'bandstop' has no cutoff, but low, high, interval, order; method 'bandstop' "
            "needs low; method 'bandstop' needs high");
  EXPECT_EQ(error("median", {{"size", {3}}, {"order", {2}}}),
            "method 'median' has no order, but size");
  EXPECT_EQ(error("lowpass", {{"cutoff", {0.5}}, second_long}),
            "cutoff must be less than half the sampling rate: with interval 1s that is 0.5 Hz, got "
            "0.5 Hz");
  EXPECT_EQ(error("highpass", {{"cutoff", {1e-9}}, second_long}),
            "cutoff must be at least a 100000th of the sampling rate: with interval 1s that is "
            "1e-05 Hz, got 1e-09 Hz");
  EXPECT_EQ(error("bandpass", {{"low", {0.2}}, {"high", {0.1}}, second_long}),
            "high must be more than low, by at least a 100000th of the sampling rate: got low 0.2 "
            "Hz and high 0.1 Hz");
  EXPECT_EQ(error("lowpass", {cutoff, second_long, {"order", {9}}}),
            "order must be between 1 and 8, got 9");
  EXPECT_EQ(error("savgol", {{"size", {3}}, {"degree", {3}}}),
            "degree must be less than size, got degree 3 and size 3");
  EXPECT_EQ(error("savgol", {{"size", {1'001}}}),
            "size must be at most 1000 with method 'savgol', got 1001");
  EXPECT_EQ(error("kalman", {{"processNoise", {-1.0}}, {"measurementNoise", {0.0}}}),
            "processNoise must be at least 0.0, got -1.0; measurementNoise must be more than 0.0, "
            "got 0.0");
}

}  // namespace
}  // namespace kapacitor::udf::filter_test
