#include "functions/prediction/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

// forecast against the equations as they are in books, one interval after the other.
namespace kapacitor::udf::forecast_test {
namespace {

using namespace std::chrono_literals;
using functions::forecast;
using test::at;
using test::second;
using test::start;

test::runner made(std::vector<option> options) {
  options.push_back({"field", {"x"}});
  return test::runner(make_function<forecast>("forecast"), options);
}
std::string refusal(const std::vector<option>& options) {
  return made(options).feed(std::vector<test::point>{}).error;
}

struct setup {
  double alpha, beta, gamma, damping;
  int buckets, ahead;
  bool multiplicative;
};

/// The models by the book, in long double.
class slow_model {
 public:
  explicit slow_model(const setup& s) : s_(s) {}

  struct answer {
    std::optional<long double> residual, width;
    long double forecast;
  };
  std::optional<answer> push(std::int64_t time, long double x) {
    if (n_ != 0 && time < newest_) return std::nullopt;
    std::optional<long double> residual;
    if (n_ == 0) {
      first_ = time;
      level_ = x;
      n_ = 1;
      if (s_.buckets) season_[0] = x;
    } else {
      const auto step = std::llround(double(time - first_) / second);
      compare(step, x);
      residual = take(step, x);
    }
    newest_ = time;
    learn_range(x);
    answer a{residual, std::nullopt, level_ + sum(s_.ahead) * trend_};
    const auto later = season_.find(int((step_ + s_.ahead) % std::max(s_.buckets, 1)));
    long double scale = 1;
    if (later != season_.end()) {
      if (step_ < s_.buckets) {
        a.forecast = later->second;
      } else {
        a.forecast = s_.multiplicative ? a.forecast * later->second : a.forecast + later->second;
        if (s_.multiplicative) scale = later->second;
      }
    }
    a.forecast = std::clamp(a.forecast, low_ - margin(), high_ + margin());
    if (count_ > 0) {
      const auto model = variance_ * spread(s_.ahead) * spread(s_.ahead);
      const long double part = std::min(found_, 20L) / 20.0L;
      a.width = scale * std::sqrt((1 - part) * model + part * found_variance_);
    }
    keep(a.forecast);
    return a;
  }

 private:
  long double sum(long n) const { return sums_[std::size_t(n)]; }
  long double spread(long n) const { return spreads_[std::size_t(n)]; }
  static std::vector<long double> sums(const setup& s) {
    std::vector<long double> all = {0};
    for (int i = 1; i <= 100; ++i) {
      all.push_back(all.back() + std::pow(static_cast<long double>(s.damping), i));
    }
    return all;
  }
  static std::vector<long double> spreads(const setup& s) {
    std::vector<long double> all = {1};
    long double total = 1;
    for (int j = 1; j <= 100; ++j) {
      all.push_back(std::sqrt(total));
      const auto beta = static_cast<long double>(s.alpha) * s.beta;
      long double c = s.alpha + beta * sums(s)[std::size_t(j)];
      if (s.buckets && j % s.buckets == 0) c += s.gamma;
      total += c * c;
    }
    return all;
  }
  void learn_range(long double x) {
    low_ = values_ == 0 ? x : std::min(low_, x);
    high_ = values_ == 0 ? x : std::max(high_, x);
    const auto half = values_ < 100 ? 0 : 0.5e-6L * (high_ - low_);
    low_ += half;
    high_ -= half;
    ++values_;
  }
  long double margin() const { return (high_ - low_) / (values_ > 2 ? 2 : 1); }
  void keep(long double forecast) {
    if (s_.ahead == 1 || step_ < next_) return;
    kept_[step_ + s_.ahead] = forecast;
    next_ = step_ + (s_.ahead + 3) / 4;
  }
  void compare(long step, long double x) {
    if (const auto kept = kept_.find(step); kept != kept_.end()) {
      const bool scaled =
          s_.multiplicative && step >= s_.buckets && season_.contains(int(step % s_.buckets));
      const auto e = (x - kept->second) / (scaled ? season_[int(step % s_.buckets)] : 1);
      ++found_;
      found_variance_ += (e * e - found_variance_) / std::min(found_, 50L);
    }
    kept_.erase(kept_.begin(), kept_.upper_bound(step));
  }
  void count(long double e, long gap) {
    e /= spread(gap);
    ++count_;
    const long double w = count_ < 50 ? 1.0L / count_ : 0.02L;
    variance_ = (1 - w) * variance_ + w * e * e;
  }
  long double take(long step, long double x) {
    const long gap = std::min(step - step_, 100L);
    if (step_ < s_.buckets && step >= s_.buckets) {
      for (auto& [i, f] : season_) f = s_.multiplicative ? f / level_ : f - level_;
      count_ = found_ = next_ = 0;
      variance_ = found_variance_ = 0;
      kept_.clear();
    }
    step_ = step;
    n_ += gap > 0;
    const int i = s_.buckets ? int(step % s_.buckets) : 0;
    const bool known = season_.contains(i);
    if (step < s_.buckets) {
      const long double e = x - (known ? season_[i] : level_);
      if (gap > 0) count(e, gap);
      level_ += (x - level_) / n_;
      season_[i] = x;
      return e;
    }
    const auto level = level_;
    for (long k = 0; k < gap; ++k) {
      trend_ *= s_.damping;
      level_ += trend_;
    }
    if (s_.multiplicative && level_ <= 0) {
      level_ = level;
      trend_ = 0;
    }
    const auto base = level_;
    if (s_.buckets && !known) {
      season_[i] = s_.multiplicative ? x / base : x - base;
      return x - base;
    }
    const long double f = s_.buckets ? season_[i] : s_.multiplicative ? 1 : 0;
    const long double clean = s_.multiplicative ? x / f : x - f;
    long double a = s_.alpha, b = static_cast<long double>(s_.alpha) * s_.beta;
    if (s_.buckets == 0 && gap > 0) {
      if (s_.beta == 0) {
        a = std::max<long double>(a, 1.0L / n_);
      } else if (2.0L * (2 * n_ - 1) / (n_ * (n_ + 1)) > a) {
        a = 2.0L * (2 * n_ - 1) / (n_ * (n_ + 1));
        b = 6.0L / (n_ * (n_ + 1));
      }
    }
    const auto e = clean - base;
    if (gap > 0) count(e, gap);
    level_ = base + a * e;
    if (gap > 0 && s_.beta > 0) trend_ += b * e / gap;
    if (s_.buckets) {
      const auto now = s_.multiplicative ? x / base : x - base;
      season_[i] = s_.gamma * now + (1 - s_.gamma) * f;
    }
    return x - (s_.multiplicative ? base * f : base + f);
  }

  setup s_;
  std::vector<long double> sums_ = sums(s_), spreads_ = spreads(s_);
  std::int64_t first_ = 0, newest_ = 0;
  long step_ = 0, n_ = 0, count_ = 0;
  long double level_ = 0, trend_ = 0, variance_ = 0;
  std::map<int, long double> season_;
  long values_ = 0, next_ = 0, found_ = 0;
  long double low_ = 0, high_ = 0, found_variance_ = 0;
  std::map<long, long double> kept_;  // forecasts, by the step they are for
};

class Forecast : public testing::TestWithParam<setup> {};

std::vector<test::point> wild_points(test::sample& random, std::int64_t& time, bool positive) {
  std::vector<test::point> points;
  for (int i = 0; i < 1'500; ++i) {
    if (!random.one_in(10)) {
      time += second + static_cast<std::int64_t>(random.below(second / 10)) - second / 20;
    }
    if (random.one_in(20)) time += second * static_cast<std::int64_t>(random.below(20));
    if (random.one_in(800)) time += 300 * second;
    const double wave = std::sin(6.283 / 12 * double(time - start) / second);
    auto p = at(time, 20 + 5 * wave + random.part() + (positive ? 0 : -20));
    if (random.one_in(40)) p.time -= static_cast<std::int64_t>(random.below(20 * second));
    if (random.one_in(40)) p.fields[0].first = "y";
    if (random.one_in(40)) p.fields[0].second = std::nan("");
    if (positive && random.one_in(40)) p.fields[0].second = -random.part();
    points.push_back(std::move(p));
  }
  return points;
}

void expect_near(const std::optional<double>& got, const std::optional<long double>& expected,
                 double scale = 30) {
  ASSERT_EQ(got.has_value(), expected.has_value());
  if (got) {
    ASSERT_NEAR(*got, double(*expected), 1e-9 * (scale + std::abs(double(*expected))));
  }
}

TEST_P(Forecast, IsThatOfTheBook) {
  const auto& s = GetParam();
  const auto make = [&] {
    return made({{"interval", {1s}},
                 {"alpha", {s.alpha}},
                 {"beta", {s.beta}},
                 {"gamma", {s.gamma}},
                 {"damping", {s.damping}},
                 {"season", {std::chrono::nanoseconds(s.buckets * second)}},
                 {"horizon", {std::chrono::nanoseconds(s.ahead * second)}},
                 {"seasonality", {s.multiplicative ? "multiplicative" : "additive"}}});
  };
  auto r = std::make_unique<test::runner>(make());
  slow_model expected(s);
  test::sample random(static_cast<std::uint64_t>(s.buckets + 1));
  std::int64_t time = start;
  for (int round = 0; round < 10; ++round) {
    const auto points = wild_points(random, time, s.multiplicative);
    const auto out = r->feed(points);
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = p.number("x");
      if (!x || std::isnan(*x) || (s.multiplicative && *x <= 0)) continue;
      const auto answer = expected.push(p.time, *x);
      if (!answer) continue;
      ASSERT_LT(next, out.points.size());
      const auto& got = out.points[next++];
      SCOPED_TRACE(next);
      ASSERT_EQ(got.time, p.time);
      ASSERT_NO_FATAL_FAILURE(expect_near(got.number("forecast"), answer->forecast));
      ASSERT_NO_FATAL_FAILURE(expect_near(got.number("forecast_residual"), answer->residual));
      auto lower = answer->width, upper = answer->width;
      if (lower) *lower = answer->forecast - 1.959963984540054L * *lower;
      if (upper) *upper = answer->forecast + 1.959963984540054L * *upper;
      ASSERT_NO_FATAL_FAILURE(expect_near(got.number("forecast_lower"), lower));
      ASSERT_NO_FATAL_FAILURE(expect_near(got.number("forecast_upper"), upper));
    }
    ASSERT_EQ(next, out.points.size());
    const auto snapshot = r->snapshot();
    r = std::make_unique<test::runner>(make());
    ASSERT_EQ(r->restore(snapshot), "");
    ASSERT_EQ(r->snapshot(), snapshot);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Forecast,
    testing::Values(setup{0.3, 0, 0.1, 1, 0, 1, false}, setup{0.2, 0.1, 0.1, 1, 0, 7, false},
                    setup{0.05, 0.02, 0.1, 0.9, 0, 30, false}, setup{1, 1, 0, 0.8, 0, 2, false},
                    setup{0.3, 0.05, 0.2, 1, 12, 5, false}, setup{0.2, 0, 0.3, 1, 12, 25, false},
                    setup{0.3, 0.02, 0.1, 0.95, 12, 3, true}, setup{0.2, 0, 0.2, 1, 300, 1, true}));

const std::vector<option> each_second = {{"interval", {1s}}};

test::point last_of(test::runner& r, const std::vector<test::point>& points) {
  const auto out = r.feed(points);
  EXPECT_EQ(out.error, "");
  return out.points.empty() ? test::point{} : out.points.back();
}

TEST(ForecastHard, SpeaksFromTheFirstPointOn) {
  auto r = made(each_second);
  auto p = last_of(r, {at(start, 5)});
  EXPECT_EQ(p.fields.size(), 1u);
  EXPECT_EQ(p.number("forecast"), 5.0);
  p = last_of(r, {at(start + second, 7)});
  EXPECT_EQ(p.number("forecast_residual"), 2.0);
  EXPECT_DOUBLE_EQ(*p.number("forecast"), 9.0);  // the line through both
  EXPECT_NEAR(*p.number("forecast_upper"), 9 + 2 * 1.959963984540054, 1e-12);
}

TEST(ForecastHard, RepeatsTheFirstSeasonUntilItKnowsMore) {
  for (const char* seasonality : {"additive", "multiplicative"}) {
    auto r = made({{"interval", {1s}},
                   {"season", {4s}},
                   {"horizon", {2s}},
                   {"seasonality", {seasonality}},
                   {"beta", {0}}});
    std::vector<test::point> points;
    for (int i = 0; i < 400; ++i) {
      points.push_back(at(start + i * second, std::vector<double>{1, 2, 3, 6}[std::size_t(i % 4)]));
    }
    const auto out = r.feed(points);
    for (std::size_t i = 0; i < 400; ++i) {
      const double expected = *points[(i + 2) % 4].number("x");
      if (i >= 2) {
        EXPECT_NEAR(*out.points[i].number("forecast"), expected, 1e-12) << i;
      }
      if (i >= 4) {
        EXPECT_NEAR(*out.points[i].number("forecast_residual"), 0, 1e-12) << i;
        EXPECT_NEAR(*out.points[i].number("forecast_upper"), expected, 1e-9) << i;
      }
    }
    EXPECT_EQ(out.points[0].number("forecast"), 1.0);
    EXPECT_EQ(out.points[1].number("forecast"), 1.5);
  }
}

TEST(ForecastHard, StampsTheForecastWithItsTimeIfAsked) {
  auto r = made({{"interval", {1s}},
                 {"horizon", {30s}},
                 {"atHorizon", {}},
                 {"as", {"y"}},
                 {"maxAhead", {0s}}});
  const auto out = r.feed(
      {at(start, 5), at(start + second, 5), at(std::numeric_limits<std::int64_t>::max() - 1, 5)});
  EXPECT_EQ(out.points[1].time, start + 31 * second);
  EXPECT_EQ(out.points[1].number("y"), 5.0);
  EXPECT_EQ(out.points[1].number("y_residual"), std::nullopt);
  EXPECT_EQ(out.points[2].time, std::numeric_limits<std::int64_t>::max());
}

TEST(ForecastHard, CarriesTheTrendOnOverAGapButNotForever) {
  auto r = made(each_second);
  std::vector<test::point> points;
  for (int i = 0; i <= 50; ++i) points.push_back(at(start + i * second, double(i)));
  r.feed(points);
  const auto snapshot = r.snapshot();
  EXPECT_NEAR(*last_of(r, {at(start + 90 * second, 90.0)}).number("forecast_residual"), 0, 1e-9);
  ASSERT_EQ(r.restore(snapshot), "");
  auto p = last_of(r, {at(start + 100'050 * second, 150.0)});
  EXPECT_NEAR(*p.number("forecast_residual"), 0, 1e-9);  // as after 100
}

TEST(ForecastHard, PassesOverWhatIsOlderAndCorrectsByWhatIsOfTheSameTime) {
  auto r = made(each_second);
  r.feed({at(start, 1.0), at(start + second, 2.0)});
  EXPECT_EQ(r.feed({at(start - 1, 1e9), at(start + second - 1, 1e9)}).points.size(), 0u);
  const auto p = last_of(r, {at(start + second, 4)});
  EXPECT_EQ(p.number("forecast_residual"), 2.0);
  EXPECT_DOUBLE_EQ(*p.number("forecast"), 0.7 * 2 + 0.3 * 4 + 1);
}

TEST(ForecastHard, RecoversFromWhatADoubleCannotHold) {
  for (const auto* seasonality : {"additive", "multiplicative"}) {
    auto r = made({{"interval", {1s}}, {"season", {3s}}, {"seasonality", {seasonality}}});
    std::vector<test::point> points;
    for (int i = 0; i < 5'000; ++i) {
      const double huge = i % 2 ? 1e308 : seasonality[0] == 'a' ? -1e308 : 5e-324;
      points.push_back(at(start + i * second, i < 20 ? huge : 7.0 + i % 2));
    }
    const auto p = last_of(r, points);
    EXPECT_EQ(p.fields.size(), 4u) << seasonality;
    EXPECT_NEAR(*p.number("forecast"), 7.5, 1);
    EXPECT_LT(*p.number("forecast_lower"), *p.number("forecast_upper"));
    ASSERT_EQ(r.restore(r.snapshot()), "");
  }
}

TEST(ForecastHard, ForgetsAStep) {
  auto r = made(each_second);
  std::vector<test::point> points;
  for (int i = 0; i < 2'000; ++i) points.push_back(at(start + i * second, i == 100 ? 1e12 : 7.0));
  EXPECT_NEAR(*last_of(r, points).number("forecast"), 7, 1e-9);
}

/// A series at a huge offset, and the same without.
TEST(ForecastHard, LosesNothingByAnOffset) {
  const auto options = std::vector<option>{{"interval", {1s}}, {"damping", {0.95}}};
  auto high = made(options), low = made(options);
  test::sample random(5);
  for (int round = 0; round < 100; ++round) {
    std::vector<test::point> a, b;
    for (int i = 0; i < 1'000; ++i) {
      const double x = double(random.below(1 << 20)) / (1 << 10);
      a.push_back(at(start + (round * 1'000 + i) * second, x));
      b.push_back(at(start + (round * 1'000 + i) * second, 1e9 + x));
    }
    const auto p = last_of(low, a), q = last_of(high, b);
    for (const char* name : {"forecast", "forecast_lower", "forecast_upper"}) {
      ASSERT_NEAR(*q.number(name) - 1e9, *p.number(name), 1e-5) << name;
    }
  }
}

TEST(ForecastHard, TakesIntsAndTheFarthestTimes) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  auto r = made({{"interval", {1ns}}, {"season", {7ns}}});
  const auto out = r.feed({at(least, (std::int64_t{1} << 53) + 1), at(0, "x"), at(0, true),
                           at(0, 3), at(most, 4.0), at(most, 4.0), at(0, 3.0)});
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.points.size(), 4u);
}

TEST(ForecastHard, HoldsAHundredThousandGroups) {
  auto r = made({{"interval", {1s}}, {"season", {24s}}});
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(at(start, double(i)));
    points.back().tags = {{"host", std::to_string(i)}};
  }
  const auto out = r.feed(points);
  ASSERT_EQ(out.points.size(), 100'000u);
  EXPECT_EQ(out.points[77'777].number("forecast"), 77'777.0);
}

TEST(ForecastHard, IsNotBrokenByAForgedSnapshot) {
  const std::vector<option> options = {
      {"field", {"x"}}, {"interval", {1s}}, {"season", {3s}}, {"seasonality", {"multiplicative"}}};
  std::vector<test::point> points;
  for (int i = 0; i < 10; ++i) points.push_back(at(start + i * second, double(i + 1)));
  test::expect_no_harm_of_another_byte<functions::forecast>(options, points);
}

TEST(ForecastOptions, AreRefusedWithWhatIsAllowed) {
  EXPECT_EQ(refusal({}), "forecast: interval is required");
  EXPECT_EQ(refusal({{"interval", {0s}}}), "forecast: interval must be more than 0s, got 0s");
  EXPECT_EQ(refusal({{"interval", {10s}}, {"season", {25s}}, {"horizon", {15s}}}),
            "forecast: season must be 2 to 2016 whole intervals, got 25s, with an interval of 10s; "
            "horizon must be whole intervals, at most 100000, got 15s, with an interval of 10s");
  EXPECT_EQ(refusal({{"interval", {10s}}, {"season", {10s}}}),
            "forecast: season must be 2 to 2016 whole intervals, got 10s, with an interval of 10s");
  EXPECT_EQ(refusal({{"interval", {1s}}, {"season", {2017s}}}),
            "forecast: season must be 2 to 2016 whole intervals, got 33m37s, with an interval of "
            "1s");
  EXPECT_EQ(refusal({{"interval", {1min}}, {"season", {168h}}}),
            "forecast: season must be 2 to 2016 whole intervals, got 1w, with an interval of 1m; "
            "this season needs an interval of 5m or more");
  EXPECT_EQ(refusal({{"interval", {1s}}, {"alpha", {0.0}}, {"beta", {2.0}}, {"gamma", {-1.0}}}),
            "forecast: alpha must be more than 0.0 and at most 1.0, got 0.0; beta must be between "
            "0.0 and 1.0, got 2.0; gamma must be between 0.0 and 1.0, got -1.0");
  EXPECT_EQ(refusal({{"interval", {1s}}, {"damping", {1.1}}, {"confidence", {1.0}}}),
            "forecast: damping must be more than 0.0 and at most 1.0, got 1.1; confidence must be "
            "between 0.01 and 0.9999, got 1.0");
  EXPECT_EQ(refusal({{"interval", {1s}}, {"seasonality", {"both"}}}),
            "forecast: seasonality must be one of 'additive', 'multiplicative', got 'both'");
  EXPECT_EQ(refusal({{"interval", {1s}}, {"atHorizon", {}}, {"keep", {}}}),
            "forecast: atHorizon and keep do not go together: the point's fields belong to its own "
            "time");
}

}  // namespace
}  // namespace kapacitor::udf::forecast_test
