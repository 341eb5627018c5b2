#include "functions/signal/resample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/functions/signal_stream.hpp"

// resample against a list of all points that there have been.
namespace kapacitor::udf::resample_test {
namespace {

using namespace std::chrono_literals;
using functions::resample;
using test::at;
using test::second;
using test::usable;

std::int64_t grid_before(std::int64_t t, std::int64_t every) {
  auto g = t / every * every;
  while (g > t) g -= every;
  return g;
}

/// What is to come out, found by looking through all points taken so far.
class reference {
 public:
  reference(std::string method, std::int64_t every, std::int64_t limit)
      : method_(std::move(method)), every_(every), limit_(limit) {}

  std::vector<test::point> take(const test::point& p) {
    std::vector<test::point> out;
    if (!usable(p, "x") && !usable(p, "y")) return out;
    if (method_ == "mean") return take_for_means(p);
    if ((any_ && p.time < newest_) || (!reading_.empty() && p.time < reading_[0].time)) return out;
    if (!reading_.empty() && p.time > reading_[0].time) settle(out);
    reading_.push_back(p);
    const auto has = [&](const char* field) {
      return std::any_of(reading_.begin(), reading_.end(),
                         [&](auto& q) { return usable(q, field); });
    };
    if (has("x") && has("y")) settle(out);
    return out;
  }
  /// No field will come any more to the points of the newest time.
  void settle(std::vector<test::point>& out) {
    test::point first{.time = reading_[0].time};
    for (const char* field : {"x", "y"}) {
      for (const auto& q : reading_) {
        const auto x = usable(q, field);
        if (!x) continue;
        first.fields.emplace_back(field, *x);
        break;
      }
    }
    const auto begin = any_ ? grid_before(newest_, every_) + every_ : first.time;
    for (auto g = begin; g <= grid_before(first.time, every_); g += every_) add(out, g, first);
    newest_ = first.time;
    any_ = true;
    taken_.insert(taken_.end(), reading_.begin(), reading_.end());
    reading_.clear();
  }

 private:
  std::vector<test::point> take_for_means(const test::point& p) {
    std::vector<test::point> out;
    if (any_ && p.time < grid_before(newest_, every_)) return out;
    const auto end = grid_before(p.time, every_);
    if (any_) {
      for (auto g = grid_before(newest_, every_); g < end; g += every_) add(out, g, p);
    }
    newest_ = any_ ? std::max(newest_, p.time) : p.time;
    any_ = true;
    taken_.push_back(p);
    return out;
  }
  void add(std::vector<test::point>& out, std::int64_t g, const test::point& p) const {
    test::point made{.time = g};
    for (const char* field : {"x", "y"}) {
      bool filled = false;
      const auto v = method_ == "mean" ? mean(field, g, filled) : between(field, g, p, filled);
      if (!v) continue;
      made.fields.emplace_back(field, *v);
      made.fields.emplace_back(std::string(field) + "_filled", filled);
    }
    if (!made.fields.empty()) out.push_back(std::move(made));
  }
  const test::point* last_with(const char* field) const {
    for (auto p = taken_.rbegin(); p != taken_.rend(); ++p) {
      if (usable(*p, field)) return &*p;
    }
    return nullptr;
  }
  std::optional<double> between(const char* field, std::int64_t g, const test::point& p,
                                bool& filled) const {
    const auto now = usable(p, field);
    if (g == p.time && now) return now;
    const auto* before = last_with(field);
    if (!before) return std::nullopt;
    filled = g - before->time >= every_;
    const double x0 = *usable(*before, field);
    if (method_ == "previous") return g - before->time <= limit_ ? std::optional(x0) : std::nullopt;
    if (!now || p.time - before->time > limit_) return std::nullopt;
    return x0 + (*now - x0) * static_cast<double>(g - before->time) /
                    static_cast<double>(p.time - before->time);
  }
  std::optional<double> mean(const char* field, std::int64_t g, bool& filled) const {
    for (auto begin = g; g - begin <= limit_; begin -= every_, filled = true) {
      long double sum = 0;
      int n = 0;
      for (auto p = taken_.rbegin(); p != taken_.rend() && p->time > begin - every_; ++p) {
        const auto x = usable(*p, field);
        if (!x || p->time < begin || p->time >= begin + every_) continue;
        sum += *x;
        ++n;
      }
      if (n > 0) return static_cast<double>(sum / n);
    }
    return std::nullopt;
  }

  std::string method_;
  std::int64_t every_, limit_, newest_ = 0;
  bool any_ = false;
  std::vector<test::point> taken_;
  std::vector<test::point> reading_;  // of the newest time, while a field is missing
};

void expect_near(const test::point& got, const test::point& expected) {
  ASSERT_EQ(got.time, expected.time);
  ASSERT_EQ(got.fields.size(), expected.fields.size()) << got.time;
  for (const auto& [name, value] : expected.fields) {
    const auto* found = got.find(name);
    ASSERT_NE(found, nullptr) << name;
    if (const auto* x = std::get_if<double>(&value)) {
      ASSERT_NEAR(*got.number(name), *x, 1e-13 * (1 + std::abs(*x))) << got.time;
    } else {
      ASSERT_EQ(*found, value) << name << " at " << got.time;
    }
  }
}

TEST(Resample, IsWhatTheListOfAllPointsSays) {
  struct shape {
    const char* method;
    std::chrono::nanoseconds every, limit;
  };
  const auto f = make_function<resample>("f");
  std::uint64_t seed = 1;
  for (const auto& s :
       {shape{"previous", 1s, 5s}, shape{"previous", 700ms, 100ms}, shape{"previous", 7s, 1h},
        shape{"linear", 1s, 3s}, shape{"linear", 400ms, 30s}, shape{"mean", 1s, 0s},
        shape{"mean", 4s, 9s}}) {
    SCOPED_TRACE(std::string(s.method) + " every " + to_string(s.every));
    const auto points = test::signal_stream(seed++, second).points(15'000);
    reference slow(s.method, s.every.count(), s.limit.count());
    std::vector<test::point> expected;
    for (const auto& p : points) {
      for (auto& made : slow.take(p)) expected.push_back(std::move(made));
    }
    std::string problem;
    const auto out = test::feed_with_a_restart(f,
                                               {{"field", {"x"}},
                                                {"field", {"y"}},
                                                {"every", {s.every}},
                                                {"method", {s.method}},
                                                {"maxFill", {s.limit}},
                                                {"markFilled", {}}},
                                               points, problem);
    ASSERT_EQ(problem + out.error, "");
    ASSERT_EQ(out.points.size(), expected.size());
    ASSERT_GT(expected.size(), 1'000u);
    for (std::size_t i = 0; i < expected.size() && !HasFatalFailure(); ++i) {
      expect_near(out.points[i], expected[i]);
    }
  }
}

/// "time=value" of all points, times in seconds.
std::string text_of(const test::output& out) {
  std::string text = out.error;
  for (const auto& p : out.points) {
    text += (text.empty() ? "" : " ") + to_string(option_value(static_cast<double>(p.time) / 1e9)) +
            "=" + to_string(option_value(*p.number("x")));
  }
  return text;
}
test::output of(std::vector<option> options, const std::vector<test::point>& points) {
  options.push_back({"field", {"x"}});
  return test::run<resample>(options, points);
}

TEST(Resample, HasItsHardCases) {
  const std::vector<option> plain = {{"every", {10s}}};
  const std::vector<option> line = {{"every", {10s}}, {"method", {"linear"}}};
  const std::vector<option> mean = {{"every", {10s}}, {"method", {"mean"}}};
  const auto s = [](double t, test::field_value x) {
    return at(static_cast<std::int64_t>(t * 1e9), std::move(x));
  };
  // One point, on the grid and beside it.
  EXPECT_EQ(text_of(of(plain, {s(10, 1)})), "10.0=1.0");
  EXPECT_EQ(text_of(of(line, {s(10, 1)})), "10.0=1.0");
  EXPECT_EQ(text_of(of(plain, {s(11, 1)})), "");
  EXPECT_EQ(text_of(of(mean, {s(10, 1)})), "");
  // Equal times: the first one is emitted, the last one goes on.
  EXPECT_EQ(text_of(of(plain, {s(10, 1), s(10, 2), s(20.5, 3)})), "10.0=1.0 20.0=2.0");
  EXPECT_EQ(text_of(of(mean, {s(10, 1), s(10, 2), s(20, 9)})), "10.0=1.5");
  // Back in time.
  EXPECT_EQ(text_of(of(plain, {s(15, 1), s(5, 7), s(20, 2)})), "20.0=2.0");
  EXPECT_EQ(text_of(of(mean, {s(15, 1), s(12, 2), s(9, 100), s(20, 9)})), "10.0=1.5");
  // Before 1970.
  EXPECT_EQ(text_of(of(line, {s(-15, 1), s(-5, 3), s(5, 4)})), "-10.0=2.0 0.0=3.5");
  EXPECT_EQ(text_of(of(mean, {s(-15, 1), s(-5, 3), s(5, 4)})), "-20.0=1.0 -10.0=3.0");
  // A gap longer than the limit, ten times every: filled as far as that, or not at all.
  EXPECT_EQ(of(plain, {s(1, 1), s(1000, 2)}).points.size(), 11u);
  EXPECT_EQ(text_of(of(line, {s(1, 1), s(1000, 2)})), "1000.0=2.0");
  EXPECT_EQ(of(mean, {s(1, 1), s(1000, 2)}).points.size(), 11u);
  // Ints beyond 2^53, a field that changes its type.
  EXPECT_EQ(text_of(of(plain, {s(10, (std::int64_t{1} << 53) + 1), s(20, "text"), s(30, 2.5)})),
            "10.0=9007199254740992.0 20.0=9007199254740992.0 30.0=2.5");
  // Huge values of both signs.
  EXPECT_EQ(text_of(of(line, {s(0, 1e308), s(20, -1e308)})), "0.0=1e+308 10.0=0.0 20.0=-1e+308");
  EXPECT_EQ(text_of(of(mean, {s(0, 1.5e308), s(1, 1.5e308), s(10, 2), s(20, 3)})), "10.0=2.0");
  // What is far from all is left out, and all others as well.
  const auto least = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(text_of(of(plain, {at(least, 1), s(10, 2), at(-(least + 1), 3), s(20, 4)})),
            "10.0=2.0 20.0=4.0");
  // A step of 1e12 leaves no trace in the next interval, nor in its own.
  EXPECT_EQ(
      text_of(of(mean, {s(0, 0.1), s(1, 1e12), s(2, -1e12), s(3, 0.1), s(10, 0.3), s(20, 0)})),
      "0.0=0.05 10.0=0.3");
}

/// As Telegraf's system writes them: the answers are those of whole points.
TEST(Resample, TakesFieldsOfOneTimeOnSeparateLines) {
  for (const char* method : {"previous", "linear", "mean"}) {
    SCOPED_TRACE(method);
    const std::vector<option> options = {{"field", {"x"}},
                                         {"field", {"y"}},
                                         {"every", {10s}},
                                         {"method", {method}},
                                         {"markFilled", {}}};
    test::sample random(5);
    std::vector<test::point> whole, lines;
    for (int i = 0; i < 400; ++i) {
      whole.push_back({.fields = {{"x", random.part()}, {"y", random.part()}},
                       .time = static_cast<std::int64_t>(i * (i % 3 + 1)) * second});
    }
    std::sort(whole.begin(), whole.end(), [](auto& a, auto& b) { return a.time < b.time; });
    for (const auto& p : whole) {
      auto one = p, other = p;
      const auto kept = random.below(2);
      one.fields = {p.fields[kept]};
      other.fields = {p.fields[1 - kept]};
      lines.insert(lines.end(), {one, {.fields = {{"text", "up"}}, .time = p.time}, other});
    }
    test::runner a(make_function<resample>("f"), options), b(make_function<resample>("f"), options);
    auto expected = a.feed(whole).points, got = b.feed(lines).points;
    for (auto* at_end : {&expected, &got}) {
      const auto more = (at_end == &got ? b : a).finish().points;
      at_end->insert(at_end->end(), more.begin(), more.end());
    }
    ASSERT_GT(expected.size(), 100u);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_TRUE(test::same(got[i], expected[i])) << got[i].time;
    }
  }
}

/// What lacks a field waits for it until a later point comes, the clock says so, or the end.
TEST(Resample, TellsWhatIsIncompleteAfterAWhile) {
  for (const char* method : {"previous", "linear"}) {
    const std::vector<option> options = {
        {"field", {"x"}}, {"field", {"y"}}, {"every", {10s}}, {"method", {method}}};
    const auto make = [&] {
      test::runner r(make_function<resample>("f"), options);
      EXPECT_TRUE(r.feed(std::vector{at(1'000 * second, 1.0)}).points.empty());
      test::runner other(make_function<resample>("f"), options);
      EXPECT_EQ(other.restore(r.snapshot()), "");
      return other;
    };
    auto later = make(), by_clock = make(), at_end = make();
    EXPECT_EQ(text_of(later.feed(std::vector{at(1'000 * second + 1, 2.0)})), "1000.0=1.0");
    EXPECT_EQ(text_of(by_clock.advance(1'001 * second)), "");
    EXPECT_EQ(text_of(by_clock.advance(1'012 * second)), "1000.0=1.0");
    EXPECT_EQ(text_of(at_end.finish()), "1000.0=1.0");
  }
}

TEST(Resample, NeverEmitsMillionsOfPoints) {
  for (const char* method : {"previous", "linear", "mean"}) {
    const std::vector<option> options = {
        {"every", {1ms}}, {"maxFill", {10s}}, {"method", {method}}};
    const auto year = std::int64_t{365} * 86'400 * second;
    EXPECT_LE(of(options, {at(0, 1), at(year, 2), at(100 * year, 3)}).points.size(), 20'004u);
  }
}

TEST(Resample, GivesThePointsOfTheGroupOnly) {
  test::point p = at(10 * second, 1.0);
  p.tags = {{"host", "a"}, {"cpu", "0"}};
  p.group_by = {{"host"}};
  p.name = "load";
  const auto out = test::run<resample>({{"field", {"x"}}, {"every", {10s}}, {"as", {"z"}}},
                                       std::vector<test::point>{p});
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(out.points[0].name, "load");
  EXPECT_EQ(out.points[0].tags, (decltype(p.tags){{"host", "a"}}));
  EXPECT_EQ(out.points[0].number("z"), 1.0);
}

TEST(Resample, KeepsItsDigitsOverManyPointsWithAnOffset) {
  test::sample random(9);
  test::runner r(make_function<resample>("f"),
                 {{"field", {"x"}}, {"every", {1000s}}, {"method", {"mean"}}});
  long double sum = 0;
  constexpr int n = 300'000;
  for (int round = 0; round < n / 10'000; ++round) {
    std::vector<test::point> points;
    for (int i = 0; i < 10'000; ++i) {
      const double x = 1e9 + random.part();
      sum += x - 1e9L;
      points.push_back(at((round * 10'000 + i) * std::int64_t{1'000'000}, x));
    }
    ASSERT_TRUE(r.feed(points).points.empty());
  }
  const auto out = r.feed({at(1'000 * second, 0)});
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_NEAR(*out.points[0].number("x") - 1e9, static_cast<double>(sum / n), 2e-7);
}

TEST(Resample, RefusesASnapshotThatCannotBe) {
  const auto f = make_function<resample>("f");
  const std::vector<option> two = {{"field", {"x"}}, {"field", {"y"}}, {"every", {1s}}};
  const std::vector<option> mean = {{"field", {"x"}}, {"every", {1s}}, {"method", {"mean"}}};
  test::runner one(f, {{"field", {"x"}}, {"every", {1s}}});
  one.feed({at(second, 1)});
  auto snapshot = one.snapshot();
  test::expect_no_harm_of_another_byte<resample>({{"field", {"x"}}, {"every", {1s}}},
                                                 {at(second, 1)}, {at(3 * second, 2)});
  test::expect_no_harm_of_another_byte<resample>(two, {at(second, 1)}, {at(3 * second, 2)});
  EXPECT_NE(test::runner(f, two).restore(snapshot), "");
  EXPECT_NE(test::runner(f, mean).restore(snapshot), "");
}

TEST(Resample, SaysWhatIsWrongWithTheOptions) {
  const auto f = make_function<resample>("f");
  const option x{"field", {"x"}}, y{"field", {"y"}}, every{"every", {1s}};
  EXPECT_EQ(test::error_of(f, {x}), "every is required");
  EXPECT_EQ(test::error_of(f, {x, {"every", {0s}}}), "every must be more than 0s, got 0s");
  EXPECT_EQ(test::error_of(f, {x, every, {"method", {"nearest"}}}),
            "method must be one of 'previous', 'linear', 'mean', got 'nearest'");
  EXPECT_EQ(test::error_of(f, {x, every, {"maxFill", {3h}}}),
            "maxFill must be at most 10000 times every, got maxFill 3h and every 1s");
  EXPECT_EQ(
      test::error_of(f, {x, y, every, {"as", {"z"}}}),
      "as names the output of one field, got 2 fields: leave it out, and each keeps its name");
  EXPECT_EQ(test::error_of(f, {x, x, every}), "two fields would be written to x");
  EXPECT_EQ(test::error_of(f, {x, every, {"field", {"x_filled"}}, {"markFilled", {}}}),
            "two fields would be written to x_filled");
  EXPECT_EQ(test::error_of(f, {x, {"field", {"x_filled"}}, every}), "");
  std::vector<option> many = {every};
  for (int i = 0; i < 33; ++i) many.push_back({"field", {"x" + std::to_string(i)}});
  EXPECT_EQ(test::error_of(f, many), "field may be given up to 32 times, got 33");
}

}  // namespace
}  // namespace kapacitor::udf::resample_test
