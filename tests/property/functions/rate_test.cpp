#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <functions/tracking/rate.hpp>
#include <property/sample.hpp>

namespace kapacitor::udf {
namespace {

using functions::rate;
using namespace std::chrono_literals;
using limits = std::numeric_limits<std::int64_t>;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 1'600'000'000 * second;

test::point at(std::int64_t time, test::field_value x) {
  return {.fields = {{"x", std::move(x)}}, .time = time};
}
test::output run(std::vector<option> options, const std::vector<test::point>& points) {
  options.push_back({"field", {"x"}});
  options.push_back({"as", {"rate"}});
  return test::run<rate>(options, points);
}
std::vector<double> numbers(const test::output& out) {
  std::vector<double> result;
  for (const auto& p : out.points) result.push_back(p.number("rate").value_or(std::nan("")));
  return result;
}

struct shape {
  std::string mode = "rate";
  std::size_t size = 0;
  std::int64_t period = 0, max_gap = 0;
  int wrap = 0;
  bool non_negative = false;

  std::vector<option> options() const {
    std::vector<option> all = {{"field", {"x"}}, {"as", {"rate"}}, {"mode", {mode}}};
    if (size) all.push_back({"size", {size}});
    if (period) all.push_back({"period", {std::chrono::nanoseconds(period)}});
    if (max_gap) all.push_back({"maxGap", {std::chrono::nanoseconds(max_gap)}});
    if (wrap) all.push_back({"wrap", {wrap}});
    if (non_negative) all.push_back({"nonNegative", {}});
    return all;
  }
};

/// All points since the last gap; each answer anew from all of them. A long double holds every
/// int64 exactly, and the difference of any two.
class reference {
 public:
  explicit reference(shape s) : shape_(std::move(s)) {}

  std::optional<double> take(std::int64_t time, long double x) {
    const bool derivative = shape_.mode == "derivative";
    if (!points_.empty()) {
      const auto since = time - points_.back().time;
      if (since < 0 || (since == 0 && derivative)) return std::nullopt;
      if (shape_.max_gap && since > shape_.max_gap) points_.clear();
    }
    points_.push_back({time, x});
    const auto from = oldest();
    const auto elapsed = time - points_[from].time;
    if (elapsed == 0 || points_[points_.size() - 2].time == time) return std::nullopt;
    const auto change = derivative ? x - points_[from].x : increase(from);
    if (derivative && shape_.non_negative && change < 0) return std::nullopt;
    return static_cast<double>(shape_.mode == "increase" ? change : change / elapsed * second);
  }

 private:
  struct one {
    std::int64_t time;
    long double x;
  };
  std::size_t oldest() const {
    const auto size = shape_.size ? shape_.size : shape_.period ? limits::max() : 2;
    auto from = points_.size() - 1;
    std::size_t times = 1;
    for (auto i = from; i > 0; --i) {
      const auto& before = points_[i - 1];
      times += before.time != points_[i].time;
      if (times > size) break;
      if (shape_.period && points_.back().time - before.time >= shape_.period) break;
      from = i - 1;
    }
    return from;
  }
  long double increase(std::size_t from) const {
    long double sum = 0;
    for (auto i = from + 1; i < points_.size(); ++i) {
      const auto step = points_[i].x - points_[i - 1].x;
      const auto range = std::ldexp(1.0L, shape_.wrap);
      if (step >= 0) {
        sum += step;
      } else if (shape_.wrap && -step > range / 2 && -step <= range) {
        sum += step + range;
      } else {
        sum += std::max(0.0L, points_[i].x);
      }
    }
    return sum;
  }

  shape shape_;
  std::vector<one> points_;
};

/// A counter: mostly upwards, reset or over its end at times; of ints, of doubles or of both.
class counter {
 public:
  counter(test::sample& random, const shape& s) : random_(random), wrap_(s.wrap) {
    kind_ = random.below(3);
    if (wrap_) value_ = wrap_ == 32 ? 4'294'900'000 : limits::max() - 100'000;
    if (wrap_ == 64) kind_ = 0;
  }
  test::point next() {
    if (!random_.one_in(6)) time_ += 1 + static_cast<std::int64_t>(random_.below(2 * second));
    if (random_.one_in(60)) time_ += 30 * second;
    const auto up = static_cast<std::int64_t>(random_.below(2'000));
    value_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(value_) +
                                       static_cast<std::uint64_t>(up));
    if (wrap_ == 32) value_ %= std::int64_t{1} << 32;
    if (random_.one_in(50)) value_ = static_cast<std::int64_t>(random_.below(500)) - 5;
    auto p = at(time_, value_);
    if (kind_ == 1 || (kind_ == 2 && random_.one_in(2))) {
      p.fields[0].second = static_cast<double>(value_) + (wrap_ ? 0 : random_.part());
    }
    if (random_.one_in(30)) p.time -= static_cast<std::int64_t>(random_.below(10 * second));
    if (random_.one_in(30)) p.fields[0].second = "text";
    if (random_.one_in(30)) p.fields.clear();
    return p;
  }

 private:
  test::sample& random_;
  int wrap_;
  std::size_t kind_;
  std::int64_t time_ = start, value_ = 0;
};

shape random_shape(test::sample& random) {
  shape s;
  s.mode = std::vector<std::string>{"rate", "increase", "derivative"}[random.below(3)];
  if (random.one_in(2)) s.size = 2 + random.below(10);
  if (random.one_in(2)) s.period = static_cast<std::int64_t>(1 + random.below(12)) * second;
  if (random.one_in(2)) s.max_gap = static_cast<std::int64_t>(1 + random.below(15)) * second;
  if (s.mode != "derivative" && random.one_in(2)) s.wrap = random.one_in(2) ? 32 : 64;
  s.non_negative = s.mode == "derivative" && random.one_in(2);
  return s;
}

void compare(const shape& s, const std::vector<test::point>& points,
             const std::vector<test::point>& out) {
  reference expected(s);
  std::size_t next = 0;
  for (const auto& p : points) {
    const auto* x = p.find("x");
    if (!x || !p.number("x")) continue;
    const auto* whole = std::get_if<std::int64_t>(x);
    const auto y = expected.take(p.time, whole ? static_cast<long double>(*whole) : *p.number("x"));
    if (!y) continue;
    ASSERT_LT(next, out.size());
    ASSERT_EQ(out[next].time, p.time);
    // Doubles are rounded when they are subtracted.
    ASSERT_NEAR(*out[next].number("rate"), *y, 1e-12 * std::abs(*y) + (whole ? 0 : 1e-6));
    ++next;
  }
  ASSERT_EQ(next, out.size());
}

TEST(RateModel, IsWhatAddingUpAllStepsGives) {
  test::sample random(11);
  std::size_t answers = 0;
  for (int round = 0; round < 600 && !testing::Test::HasFailure(); ++round) {
    const auto s = random_shape(random);
    counter source(random, s);
    std::vector<test::point> points;
    for (int i = 0; i < 200; ++i) points.push_back(source.next());
    test::runner first(make_function<rate>("f"), s.options());
    test::runner second_half(make_function<rate>("f"), s.options());
    auto out = first.feed(std::vector<test::point>(points.begin(), points.begin() + 100)).points;
    ASSERT_EQ(second_half.restore(first.snapshot()), "");
    const auto rest =
        second_half.feed(std::vector<test::point>(points.begin() + 100, points.end())).points;
    out.insert(out.end(), rest.begin(), rest.end());
    SCOPED_TRACE("round " + std::to_string(round) + ", " + s.mode);
    compare(s, points, out);
    answers += out.size();
  }
  EXPECT_GT(answers, 40'000u);
}

TEST(RateHardCases, NothingIsSaidOfTheFirstPointNorOfOneBeyondAGap) {
  EXPECT_TRUE(run({}, {at(start, 5)}).points.empty());
  const auto out = run({{"maxGap", {10s}}},
                       {at(0, 0), at(10 * second, 10), at(21 * second, 90), at(22 * second, 92)});
  EXPECT_EQ(numbers(out), (std::vector<double>{1, 2}));
  EXPECT_EQ(out.points[1].time, 22 * second);
}

TEST(RateHardCases, AFallIsAReset) {
  EXPECT_EQ(numbers(run({}, {at(0, 100), at(second, 110), at(2 * second, 7), at(3 * second, -4),
                             at(4 * second, -1.5)})),
            (std::vector<double>{10, 7, 0, 2.5}));
}

TEST(RateHardCases, WithWrapAFallByMoreThanHalfTheRangeIsAnOverflow) {
  constexpr std::int64_t range = std::int64_t{1} << 32, half = range / 2;
  const auto step = [](int wrap, test::field_value from, test::field_value to) {
    return numbers(run({{"wrap", {wrap}}, {"mode", {"increase"}}},
                       {at(0, std::move(from)), at(1, std::move(to))}))
        .at(0);
  };
  EXPECT_EQ(step(32, range - 10, 5), 15);
  EXPECT_EQ(step(32, static_cast<double>(range) - 10, 5.5), 15.5);
  EXPECT_EQ(step(32, half + 1, 0), half - 1);
  EXPECT_EQ(step(32, half, 0), 0);
  EXPECT_EQ(step(32, 1'000'000, 7), 7);
  EXPECT_EQ(step(32, 3 * range, 7), 7);  // no counter of 32 bits
  EXPECT_EQ(step(64, limits::max() - 10, limits::min() + 4), 15);
  EXPECT_EQ(step(64, 1'000'000, 7), 7);
  EXPECT_EQ(step(64, 0x1p63, 4096.0), 4096);
  EXPECT_EQ(step(64, 0x1p64 - 2048, 4096.0), 6144);
}

TEST(RateHardCases, IntsBeyondADoubleAreSubtractedExactly) {
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  for (const auto& window : std::vector<std::vector<option>>{{}, {{"size", {3}}}}) {
    auto options = window;
    options.push_back({"mode", {"increase"}});
    EXPECT_EQ(numbers(run(options, {at(0, beyond), at(1, beyond + 1)})).at(0), 1);
    EXPECT_EQ(numbers(run(options, {at(0, limits::max() - 1), at(1, limits::max())})).at(0), 1);
    EXPECT_EQ(numbers(run(options, {at(0, limits::min()), at(1, limits::max())})).at(0), 0x1p64);
    options.back() = {"mode", {"derivative"}};
    EXPECT_EQ(numbers(run(options, {at(0, beyond + 1), at(second, beyond)})).at(0), -1);
    EXPECT_EQ(numbers(run(options, {at(0, limits::max()), at(second, limits::min())})).at(0),
              -0x1p64);
  }
}

TEST(RateHardCases, NoIncreaseIsLostBetweenPointsOfEqualTimes) {
  const std::vector<test::point> points = {at(0, 1),      at(0, 4),      at(second, 5),
                                           at(second, 9), at(second, 2), at(2 * second, 3)};
  EXPECT_EQ(numbers(run({}, points)), (std::vector<double>{4, 7}));
  EXPECT_EQ(numbers(run({{"mode", {"increase"}}, {"size", {3}}}, points)),
            (std::vector<double>{4, 11}));
  EXPECT_EQ(numbers(run({{"mode", {"derivative"}}}, points)), (std::vector<double>{4, -2}));
}

TEST(RateHardCases, LatePointsAreDropped) {
  EXPECT_EQ(numbers(run({}, {at(second, 1), at(0, 100), at(2 * second, 2)})),
            (std::vector<double>{1}));
}

TEST(RateHardCases, AWindowOfAPeriodForgetsWhatIsOlder) {
  const auto out =
      run({{"period", {10s}}}, {at(0, 0), at(5 * second, 10), at(9 * second, 18),
                                at(10 * second, 30), at(40 * second, 90), at(49 * second, 99)});
  EXPECT_EQ(numbers(out), (std::vector<double>{2, 2, 4, 1}));
}

TEST(RateHardCases, TheWholeRangeOfTimesIsNoMatter) {
  const auto out = run({{"period", {std::chrono::nanoseconds::max()}}},
                       {at(limits::min(), 1.0), at(limits::max(), 2.0)});
  EXPECT_TRUE(out.points.empty());
  EXPECT_DOUBLE_EQ(
      numbers(run({{"unit", {1ns}}}, {at(limits::min(), 0.0), at(limits::max(), 1.0)})).at(0),
      0x1p-64);
}

TEST(RateHardCases, HugeStepsAreLeftOutAndForgotten) {
  for (const auto* mode : {"rate", "increase", "derivative"}) {
    std::vector<test::point> points = {at(0, 1e308), at(second, -1e308), at(2 * second, 1e308)};
    for (int i = 3; i < 20; ++i) points.push_back(at(i * second, 3.0 * i));
    const auto out = run({{"mode", {mode}}, {"size", {4}}}, points);
    for (const double x : numbers(out)) EXPECT_TRUE(std::isfinite(x));
    EXPECT_EQ(numbers(out).back(), std::string(mode) == "increase" ? 9 : 3) << mode;
  }
}

TEST(RateHardCases, AStepOf1e12LeavesNoTraceInTheWindow) {
  std::vector<test::point> points;
  double x = 0;
  for (int i = 0; i < 50; ++i) points.push_back(at(i * second, x += i == 5 ? 1e12 : 0.125));
  EXPECT_EQ(numbers(run({{"size", {10}}}, points)).back(), 0.125);
}

TEST(RateHardCases, OfEqualValuesTheRateIsZero) {
  std::vector<test::point> points;
  for (int i = 0; i < 1'000; ++i) points.push_back(at(i * second, 7.25));
  for (const double x : numbers(run({{"period", {1min}}}, points))) ASSERT_EQ(x, 0);
}

TEST(RateHardCases, AFieldThatChangesItsTypeIsANumberOrPassedOver) {
  EXPECT_EQ(numbers(run({}, {at(0, 1), at(second, 2.5), at(2 * second, "9"), at(3 * second, true),
                             at(4 * second, 4)})),
            (std::vector<double>{1.5, 0.5}));
}

TEST(RateHardCases, AnOffsetOf1e9DoesNoHarmOverManyPoints) {
  test::runner r(make_function<rate>("f"), {{"field", {"x"}}, {"size", {100}}});
  std::vector<double> x;
  test::sample random(5);
  for (int n = 0; n < 300'000;) {
    std::vector<test::point> points;
    for (int i = 0; i < 10'000; ++i, ++n) {
      x.push_back((x.empty() ? 1e9 : x.back()) + random.part());
      points.push_back(at(start + n * second, x.back()));
    }
    const auto last = r.feed(points).points.back();
    const auto expected = static_cast<long double>(x.back()) - x[x.size() - 100];
    ASSERT_NEAR(*last.number("rate"), static_cast<double>(expected / 99), 1e-15);
  }
}

TEST(RateHardCases, HasRoomForManyGroups) {
  test::runner r(make_function<rate>("f"), {{"field", {"x"}}, {"period", {1min}}});
  std::vector<test::point> points;
  for (int i = 0; i < 100'000; ++i) {
    points.push_back(at(start + i, i));
    points.back().tags = {{"host", std::to_string(i)}};
  }
  EXPECT_TRUE(r.feed(points).points.empty());
  points[9].time += second;
  points[9].fields[0].second = 10;
  EXPECT_EQ(r.feed({points[9]}).points.at(0).number("rate"), 1.0);
}

TEST(RateSnapshot, OfAnythingIsRefusedOrGoneOnFrom) {
  const std::vector<option> options = {{"field", {"x"}}, {"size", {3}}, {"period", {10s}}};
  test::runner r(make_function<rate>("f"), options);
  const std::vector<test::point> points = {at(0, 1.0), at(second, 2), at(2 * second, 4.0)};
  r.feed(points);
  const auto sound = r.snapshot();
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (const char byte : {'\x00', '\x01', '\x7f', '\xff'}) {
      auto forged = sound;
      forged[i] = byte;
      test::runner other(make_function<rate>("f"), options);
      other.restore(forged);
      EXPECT_EQ(other.feed(points).error, "");
    }
  }
}

TEST(RateOptions, AreRefusedWithAllThatIsNeededToSetThemRight) {
  struct wrong {
    std::vector<option> options;
    std::string error;
  };
  const std::vector<wrong> all = {
      {{{"mode", {"speed"}}}, "mode must be one of 'rate', 'increase', 'derivative', got 'speed'"},
      {{{"unit", {0s}}}, "unit must be more than 0s, got 0s"},
      {{{"wrap", {16}}}, "wrap must be one of 32, 64, got 16"},
      {{{"maxGap", {-1s}}}, "maxGap must be at least 0s, got -1s"},
      {{{"size", {1}}}, "size must be at least 2 (or 0, by period alone), got 1"},
      {{{"mode", {"derivative"}}, {"wrap", {32}}},
       "wrap goes with the modes 'rate' and 'increase' only: a derivative knows no counters"},
      {{{"nonNegative", {}}, {"size", {1}}},
       "nonNegative goes with mode 'derivative' only: no rate is negative; size must be at least 2 "
       "(or 0, by period alone), got 1"},
  };
  for (auto [options, error] : all) EXPECT_EQ(run(options, {}).error, "f: " + error);
}

}  // namespace
}  // namespace kapacitor::udf
