#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "functions/tracking/rate.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

namespace kapacitor::udf::rate_model_test {
namespace {

using functions::rate;
using test::at;
using test::second;
using test::start;
using namespace std::chrono_literals;
using limits = std::numeric_limits<std::int64_t>;

struct shape {
  std::string mode = "rate";
  std::size_t size = 0;
  std::int64_t period = 0, max_gap = 0;
  int wrap = 0;
  bool non_negative = false;

  std::vector<option> options() const {
    std::vector<option> all = {{"field", {"x"}}, {"as", {"rate"}}, {"method", {mode}}};
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

}  // namespace
}  // namespace kapacitor::udf::rate_model_test
