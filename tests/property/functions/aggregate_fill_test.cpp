#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "functions/aggregation/aggregate.hpp"
#include "property/functions/aggregation_model.hpp"

// What aggregate says of windows without values, against all points that have been.
namespace kapacitor::udf::aggregate_fill_test {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using test::aggregate;
using test::at;
using test::second;
using test::start;

std::vector<option> options_of(const std::string& fill, std::int64_t period, std::int64_t every,
                               std::int64_t most) {
  return {{"period", {seconds(period)}},
          {"every", {seconds(every)}},
          {"fill", {fill}},
          {"maxFill", {seconds(every * most)}},
          {"aggregate", {"count", "x"}},
          {"aggregate", {"sum", "x"}},
          {"aggregate", {"mean", "x"}},
          {"aggregate", {"max", "y"}},
          {"aggregate", {"variance", "x"}}};
}

using row = std::pair<std::int64_t, std::map<std::string, double>>;

/// One group's windows, by looking through all its points at the end of each.
class model {
 public:
  model(std::string fill, std::int64_t period, std::int64_t every, std::int64_t most)
      : fill_(std::move(fill)), period_(period * second), every_(every * second), most_(most) {}

  /// As the clock does, which stands still once all is said.
  void close_by_clock(std::int64_t time, std::vector<row>& rows) {
    const bool counting = std::any_of(points_.begin(), points_.end(), [&](const one& p) {
      return p.time >= *closed_ - period_ + every_;
    });
    if (closed_ && (counting || (empty_ >= 0 && empty_ < most_))) close(time, rows);
  }
  /// Up to the stretch that the time is in.
  void close(std::int64_t time, std::vector<row>& rows) {
    const auto end = time / every_ * every_;
    if (!closed_) closed_ = end;
    for (; *closed_ < end; *closed_ += every_) end_window(*closed_ + every_, rows);
  }
  void take(std::int64_t time, std::optional<double> x, std::optional<double> y,
            std::vector<row>& rows) {
    if (!x && !y) return;
    close(time, rows);
    if (time < *closed_ - period_ + every_) return;
    points_.push_back({time, x, y});
  }

 private:
  struct one {
    std::int64_t time;
    std::optional<double> x, y;
  };
  void end_window(std::int64_t end, std::vector<row>& rows) {
    std::vector<double> xs, ys;
    bool any = false;
    for (const auto& p : points_) {
      if (p.time < end - period_ || p.time >= end) continue;
      any = true;
      if (p.x) xs.push_back(*p.x);
      if (p.y) ys.push_back(*p.y);
    }
    if (any) {
      empty_ = 0;
    } else if (empty_ < 0 || empty_ == most_) {
      return;
    } else {
      ++empty_;
    }
    double sum = 0, squares = 0;
    for (const double x : xs) sum += x;
    const auto n = static_cast<double>(xs.size());
    for (const double x : xs) squares += (x - sum / n) * (x - sum / n);
    std::map<std::string, double> said{{"x_count", n}, {"x_sum", sum}};
    say(said, "x_mean", xs.empty(), sum / n);
    if (n != 1) say(said, "x_variance", xs.empty(), squares / (n - 1));
    say(said, "y_max", ys.empty(), ys.empty() ? 0 : *std::max_element(ys.begin(), ys.end()));
    rows.emplace_back(end, std::move(said));
  }
  void say(std::map<std::string, double>& said, const char* name, bool unknown, double x) {
    if (!unknown) {
      before_[name] = said[name] = x;
    } else if (fill_ == "zero") {
      said[name] = 0;
    } else if (fill_ == "-2.5") {
      said[name] = -2.5;
    } else if (fill_ == "previous" && before_.contains(name)) {
      said[name] = before_[name];
    }
  }

  std::string fill_;
  std::int64_t period_, every_, most_, empty_ = -1;
  std::optional<std::int64_t> closed_;
  std::vector<one> points_;
  std::map<std::string, double> before_;
};

void expect_rows(const std::vector<test::point>& got, const std::vector<row>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_EQ(got[i].time, expected[i].first);
    ASSERT_EQ(got[i].fields.size(), expected[i].second.size());
    for (const auto& [name, x] : expected[i].second) {
      ASSERT_TRUE(got[i].number(name)) << name;
      ASSERT_NEAR(*got[i].number(name), x, 1e-9 * (1 + std::abs(x))) << name;
    }
  }
}

/// Points with gaps of all lengths, late ones, and the clock of a live stream now and then, which
/// goes on while nothing comes; in between the function starts again from snapshots.
TEST(AggregateFills, AsTheListOfAllPointsSays) {
  std::uint64_t seed = 1;
  for (const std::string fill : {"null", "zero", "previous", "-2.5"}) {
    for (const auto [period, every, most] :
         {std::array<std::int64_t, 3>{10, 10, 5}, {30, 10, 3}, {8, 2, 40}}) {
      SCOPED_TRACE(fill + " " + std::to_string(period) + "/" + std::to_string(every));
      test::sample random(seed++);
      model slow(fill, period, every, most);
      std::vector<row> expected;
      std::vector<test::point> got;
      auto r = std::make_unique<test::runner>(aggregate(), options_of(fill, period, every, most));
      std::int64_t time = start, newest = 0;
      bool told = false;      // of the newest point, by the clock
      std::int64_t seen = 0;  // the clock when it was first told
      for (int i = 0; i < 4'000; ++i) {
        time += static_cast<std::int64_t>(random.below(3 * second));
        if (random.one_in(40)) time += static_cast<std::int64_t>(random.below(200)) * second;
        auto p = test::point{.time = time};
        if (random.one_in(10)) p.time -= static_cast<std::int64_t>(random.below(20 * second));
        if (!random.one_in(4)) p.fields.emplace_back("x", random.part());
        if (random.one_in(3)) p.fields.emplace_back("y", random.part());
        slow.take(p.time, p.number("x"), p.number("y"), expected);
        if (!p.fields.empty() && p.time > newest) {
          newest = p.time;
          told = false;
        }
        auto out = r->feed(std::vector{p});
        ASSERT_EQ(out.error, "");
        std::move(out.points.begin(), out.points.end(), std::back_inserter(got));
        if (random.one_in(50)) {
          for (auto n = random.below(20); n > 0; --n) {
            const auto said = r->advance(time).points;
            if (!std::exchange(told, true)) seen = time;
            slow.close_by_clock(newest + (time - seen), expected);
            got.insert(got.end(), said.begin(), said.end());
            time += second;
          }
        }
        if (random.one_in(100)) {
          const auto saved = r->snapshot();
          r = std::make_unique<test::runner>(aggregate(), options_of(fill, period, every, most));
          ASSERT_EQ(r->restore(saved), "");
        }
      }
      ASSERT_NO_FATAL_FAILURE(expect_rows(got, expected));
      EXPECT_GT(got.size(), 500u);
    }
  }
}

/// "s: count mean" of all, s since `start`.
std::string said(const std::vector<test::point>& points) {
  std::string text;
  for (const auto& p : points) {
    text += (text.empty() ? "" : ", ") + std::to_string((p.time - start) / second) + ":";
    for (const auto& [name, value] : p.fields)
      text += " " + to_string(option_value(*p.number(name)));
  }
  return text;
}

std::vector<option> counts(std::vector<option> more) {
  more.push_back({"period", {seconds(10)}});
  more.push_back({"aggregate", {"count", "x"}});
  more.push_back({"aggregate", {"mean", "x"}});
  return more;
}

TEST(AggregateFills, TheDayWithoutPoints) {
  const std::vector points = {at(start, 2.0), at(start + 21 * second, 4.0),
                              at(start + 30 * second, 0.0)};
  const auto of = [&](const char* fill) {
    return said(test::run<functions::aggregate>(counts({{"fill", {fill}}}), points).points);
  };
  EXPECT_EQ(of("none"), "10: 1.0 2.0, 30: 1.0 4.0");
  EXPECT_EQ(of("null"), "10: 1.0 2.0, 20: 0.0, 30: 1.0 4.0");
  EXPECT_EQ(of("zero"), "10: 1.0 2.0, 20: 0.0 0.0, 30: 1.0 4.0");
  EXPECT_EQ(of("previous"), "10: 1.0 2.0, 20: 0.0 2.0, 30: 1.0 4.0");
  EXPECT_EQ(of("1e3"), "10: 1.0 2.0, 20: 0.0 1000.0, 30: 1.0 4.0");
}

TEST(AggregateFills, WhileNothingComes) {
  test::runner r(aggregate(), counts({{"fill", {"zero"}}, {"maxFill", {seconds(30)}}}));
  r.feed(std::vector{at(start, 2.0)});
  std::vector<test::point> got;
  for (int s = 1; s < 100; ++s) {
    const auto now = r.advance(start + s * second).points;
    got.insert(got.end(), now.begin(), now.end());
  }
  EXPECT_EQ(said(got), "10: 1.0 2.0, 20: 0.0 0.0, 30: 0.0 0.0, 40: 0.0 0.0");
  // Nothing more was said: a point that comes now counts, and the next gap is filled as well.
  r.feed(std::vector{at(start + 98 * second, 3.0)});
  EXPECT_EQ(said(r.feed(std::vector{at(start + 120 * second, 3.0)}).points),
            "100: 1.0 3.0, 110: 0.0 0.0, 120: 0.0 0.0");
}

/// The snapshot is taken amid the silence, and much later restored.
TEST(AggregateFills, OnAfterARestartOfMinutes) {
  test::runner first(aggregate(), counts({{"fill", {"zero"}}}));
  first.feed(std::vector{at(start, 2.0)});
  for (int s = 3; s < 35; ++s) first.advance(start + s * second);  // 3 s late
  test::runner second_run(aggregate(), counts({{"fill", {"zero"}}}));
  ASSERT_EQ(second_run.restore(first.snapshot()), "");
  EXPECT_EQ(said(second_run.advance(start + 642 * second).points).substr(0, 22),
            "40: 0.0 0.0, 50: 0.0 0");
  EXPECT_EQ(said(second_run.advance(start + 643 * second).points), "640: 0.0 0.0");
}

TEST(AggregateFills, AGapOfYearsAsFarAsItMayBe) {
  constexpr std::int64_t year = std::int64_t{365} * 86'400 * second;
  test::runner r(aggregate(), counts({{"fill", {"zero"}}}));
  r.feed(std::vector{at(start - 20 * year, 2.0)});
  EXPECT_EQ(r.feed(std::vector{at(start - 10 * year, 2.0)}).points.size(), 1'001u);
  EXPECT_EQ(r.feed(std::vector{at(start - 9 * year, 2.0)}).points.size(), 1'001u);
}

TEST(AggregateFills, NothingBeforeTheFirstValue) {
  test::runner r(aggregate(), counts({{"fill", {"zero"}}, {"grace", {seconds(100)}}}));
  EXPECT_TRUE(r.feed(std::vector{at(start + 200 * second, 2.0)}).points.empty());
  EXPECT_EQ(said(r.feed(std::vector{at(start + 330 * second, 2.0)}).points),
            "210: 1.0 2.0, 220: 0.0 0.0, 230: 0.0 0.0");
}

TEST(AggregateFills, AFieldThatIsInNoPointOfTheWindow) {
  const std::vector<option> options = {{"period", {seconds(10)}},
                                       {"fill", {"zero"}},
                                       {"aggregate", {"sum", "x"}},
                                       {"aggregate", {"mean", "y"}},
                                       {"aggregate", {"stddev", "x"}}};
  const auto out =
      test::run<functions::aggregate>(options, {at(start, 2.0), at(start + 10 * second, 3.0)});
  EXPECT_EQ(said(out.points), "10: 2.0 0.0");  // of one value there is no deviation
}

TEST(AggregateFills, AreKeptIfTheOptionIsAdded) {
  test::runner before(aggregate(), counts({}));
  before.feed(std::vector{at(start, 2.0)});
  test::runner after(aggregate(), counts({{"fill", {"previous"}}}));
  ASSERT_EQ(after.restore(before.snapshot()), "");
  EXPECT_EQ(said(after.feed(std::vector{at(start + 20 * second, 3.0)}).points),
            "10: 1.0 2.0, 20: 0.0 2.0");
}

TEST(AggregateFills, SayWhatIsWrong) {
  const auto problem = [](std::vector<option> more) {
    return test::problem_of(aggregate(), counts(std::move(more)));
  };
  for (const char* fill : {"", "nan", "inf", "0x", "1 ", "linear", "1e999"}) {
    EXPECT_EQ(
        problem({{"fill", {fill}}}),
        "fill must be one of 'none', 'null', 'zero', 'previous' or a number such as '-1', got '" +
            std::string(fill) + "'");
  }
  EXPECT_EQ(problem({{"maxFill", {seconds(10)}}}),
            "maxFill needs a fill: .fill('zero'), or leave maxFill out");
  EXPECT_EQ(problem({{"fill", {"zero"}}, {"maxFill", {seconds(9)}}}),
            "maxFill must be at least every, got maxFill 9s and every 10s: leave fill out to fill "
            "nothing");
  EXPECT_EQ(problem({{"fill", {"zero"}}, {"maxFill", {seconds(100'010)}}}),
            "maxFill must be at most 10000 times every, got maxFill 1d3h46m50s and every 10s");
}

}  // namespace
}  // namespace kapacitor::udf::aggregate_fill_test
