#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/engine_input.hpp"
#include "support/ready_made.hpp"

// Every ready-made function of single points against wrong times: one point that is wrong must not
// be noticed but by the counters, a clock that jumps must be followed, and nothing may be lost
// uncounted.
namespace kapacitor::udf::event_times_test {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t second = 1'000'000'000, hour = 3'600 * second, day = 24 * hour;
constexpr std::int64_t start = 1'699'920'000 * second;  // a midnight
constexpr std::int64_t in_2100 = 4'102'444'800 * second;
constexpr std::size_t usual = 300, middle = 150;
constexpr std::size_t late_run = 20;  // the default

using times = std::vector<std::int64_t>;

times line(std::size_t n, std::int64_t from = start) {
  times all;
  for (std::size_t i = 0; i < n; ++i) all.push_back(from + static_cast<std::int64_t>(i) * second);
  return all;
}
times operator+(times a, const times& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
times with(times t, std::size_t at, times bad) {
  t.insert(t.begin() + static_cast<std::ptrdiff_t>(at), bad.begin(), bad.end());
  return t;
}

enum class outcome {
  unnoticed,  // the answers are those of the same points without the bad ones
  followed,   // after the change of the clock, answers come as before
  sound       // no more is asked than that nothing fails, and all is counted
};

struct stream_case {
  std::string name;
  times all;
  outcome expected;
  std::vector<std::size_t> bad = {};  // places of points that are wrong
  std::size_t changed = 0;            // where the clock changes
};

std::vector<stream_case> cases() {
  using limits = std::numeric_limits<std::int64_t>;
  const auto good = line(usual);
  const auto one = [&](std::string name, std::size_t at, std::int64_t time) {
    return stream_case{std::move(name), with(good, at, {time}), outcome::unnoticed, {at}};
  };
  const auto jump = [&](std::string name, const times& after) {
    return stream_case{std::move(name), line(middle) + after, outcome::followed, {}, middle};
  };
  times in_ms, in_s, interleaved;
  for (const auto t : line(usual, start + middle * second)) {
    in_ms.push_back(t / 1'000'000);
    in_s.push_back(t / second);
  }
  for (const auto t : good) {
    interleaved.push_back(t);
    interleaved.push_back(t - hour);
  }
  return {
      one("future_first", 0, in_2100),
      one("future_in_the_middle", middle, in_2100),
      one("future_last", usual, in_2100),
      {"two_futures",
       with(good, middle, {in_2100 + day, in_2100}),
       outcome::unnoticed,
       {middle, middle + 1}},
      one("last_time_there_is", middle, limits::max()),
      one("last_time_first", 0, limits::max()),
      {"ms_for_ns_once", with(good, middle, {start / 1'000'000}), outcome::sound},
      {"first_time_there_is", with(good, middle, {limits::min()}), outcome::sound},
      {"first_and_last_time",
       with(good, middle, {limits::min(), limits::max(), limits::min(), limits::max()}),
       outcome::sound},
      {"extremes_only",
       {limits::min(), limits::max(), 0, limits::min(), limits::max(), -1},
       outcome::sound},
      jump("a_future_that_goes_on", line(usual, in_2100)),
      jump("jump_back", line(usual, start - 10 * hour)),
      jump("one_hour_on", line(usual, start + middle * second + hour)),
      jump("one_hour_back", line(usual, start + middle * second - hour)),
      jump("gap_of_a_month", line(usual, start + 30 * day)),
      {"a_time_that_stands", with(good, middle, times(100, start + (middle - 1) * second)),
       outcome::sound},
      // A step is 1000 ns, and 1 ns: no window ever fills, but nothing may hang or be lost.
      {"ms_for_ns_from_now_on", line(middle) + in_ms, outcome::sound},
      {"s_for_ns_from_now_on", line(middle) + in_s, outcome::sound},
      {"two_sources", interleaved, outcome::sound},
  };
}

class heard {
 public:
  explicit heard(const test::setting& s)
      : made_(test::ready_made(s.function)),
        engine_(made_, s.options, sink_, test::grouped_by_host()) {
    engine_.advance(udf::timestamp(nanoseconds(start + usual * second)));
  }
  /// The point's values are those of its place, whatever its time is.
  void add(std::int64_t time, std::size_t place) {
    const auto x = static_cast<double>(place);
    const tag tags[] = {{"host", "a"}};
    const field fields[] = {{"value", 20 + 5 * std::sin(x / 7) + std::fmod(x * 0.618, 1.0)},
                            {"value1", std::fmod(x, 13.0)}};
    engine_.add(
        {.name = "m", .tags = tags, .fields = fields, .time = udf::timestamp(nanoseconds(time))});
    answers_after_.push_back(sink_.said.lines().size());
  }
  void finish() { engine_.finish(); }
  engine& machine() { return engine_; }
  const std::vector<std::string>& lines() const { return sink_.said.lines(); }
  const std::vector<std::string>& errors() const { return sink_.errors; }
  const std::vector<std::string>& warnings() const { return sink_.warnings; }
  /// Answers from the point at that place on.
  std::size_t answers_since(std::size_t place) const {
    return answers_after_.back() - (place == 0 ? 0 : answers_after_[place - 1]);
  }

 private:
  const function made_;
  test::describing_sink sink_;
  engine engine_;
  std::vector<std::size_t> answers_after_;
};

/// Whether times count for the function, and not only the order of the points. Said here, by its
/// name and options: what the function does is to be tested.
bool goes_by_time(const test::setting& s) {
  static const std::set<std::string> always = {"aggregate", "anomaly", "cardinality", "forecast",
                                               "quantile",  "rate",    "resample",    "spectrum",
                                               "state",     "time_to", "top_k"};
  static const std::set<std::string> with = {"period", "halfLife", "maxGap"};
  return always.count(s.function) > 0 ||
         std::any_of(s.options.begin(), s.options.end(),
                     [](const option& o) { return with.count(o.name) > 0; });
}

/// Whether the clock holds a far point back.
bool has_clock(const test::setting& s) {
  heard h(s);
  h.add(start, 0);
  h.add(in_2100, 1);
  h.finish();
  return h.machine().totals().skipped[reason::future] > 0;
}

class EventTimes : public testing::TestWithParam<test::setting> {
 protected:
  void SetUp() override {
    if (test::ready_made(GetParam().function).wants == edge::batch)
      GTEST_SKIP() << "times of batches are judged by the window before";
    clocked_ = goes_by_time(GetParam());
  }
  /// What is said if the points at these places do not come.
  std::vector<std::string> said_without(const stream_case& c) const {
    heard h(GetParam());
    std::size_t place = 0;
    for (std::size_t i = 0; i < c.all.size(); ++i) {
      if (std::find(c.bad.begin(), c.bad.end(), i) == c.bad.end()) h.add(c.all[i], place++);
    }
    h.finish();
    return h.lines();
  }
  /// With values that do not move on at a bad point.
  static void feed(heard& h, const stream_case& c, std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) {
      const auto before =
          std::count_if(c.bad.begin(), c.bad.end(), [i](std::size_t b) { return b < i; });
      h.add(c.all[i], i - static_cast<std::size_t>(before));
    }
  }
  bool answers_each_point() const {
    heard h(GetParam());
    const auto good = line(usual);
    for (std::size_t i = 0; i < usual; ++i) h.add(good[i], i);
    return h.lines().size() == usual && h.machine().totals().points_skipped == 0;
  }

  bool clocked_ = false;
};

TEST_P(EventTimes, AreJudgedIfTheyCount) {
  EXPECT_EQ(has_clock(GetParam()), clocked_);
}

TEST_P(EventTimes, OfOneWrongPointIsUnnoticed) {
  if (!clocked_) GTEST_SKIP() << "points count in the order in which they come";
  for (const auto& c : cases()) {
    if (c.expected != outcome::unnoticed) continue;
    heard h(GetParam());
    feed(h, c, 0, c.all.size());
    h.finish();
    EXPECT_TRUE(h.lines() == said_without(c)) << c.name;
    EXPECT_EQ(h.machine().totals().skipped[reason::future], c.bad.size()) << c.name;
    EXPECT_FALSE(h.warnings().empty()) << c.name;
  }
}

/// Soon after the clock has changed, answers come as often as from a fresh function.
TEST_P(EventTimes, OfAClockThatChangesAreFollowed) {
  if (!clocked_) GTEST_SKIP() << "points count in the order in which they come";
  for (const auto& c : cases()) {
    if (c.expected != outcome::followed) continue;
    heard h(GetParam()), fresh(GetParam());
    feed(h, c, 0, c.all.size());
    const auto settled = c.changed + late_run - 1;
    for (auto i = settled; i < c.all.size(); ++i) fresh.add(c.all[i], i);
    const auto expected = fresh.lines().size();
    EXPECT_GE(h.answers_since(settled) + 2, expected) << c.name;
    const auto& skipped = h.machine().totals().skipped;
    EXPECT_LT(skipped[reason::late] + skipped[reason::future], late_run) << c.name;
  }
}

TEST_P(EventTimes, LoseNothingUncounted) {
  const bool each = answers_each_point();
  for (const auto& c : cases()) {
    heard h(GetParam());
    feed(h, c, 0, c.all.size());
    h.finish();
    EXPECT_TRUE(h.errors().empty()) << c.name;
    const auto& totals = h.machine().totals();
    EXPECT_EQ(totals.skipped.sum(), totals.points_skipped);
    if (each && GetParam().function != "rate" && GetParam().function != "resample" &&
        GetParam().function != "time_to" && GetParam().function != "forecast") {
      EXPECT_EQ(totals.points_out + totals.points_skipped + totals.empty_points, c.all.size())
          << c.name;
    }
  }
}

TEST_P(EventTimes, AreJudgedAlikeAcrossASnapshot) {
  if (!clocked_) GTEST_SKIP() << "points count in the order in which they come";
  for (const auto& c : cases()) {
    heard whole(GetParam());
    feed(whole, c, 0, c.all.size());
    whole.finish();
    std::set<std::size_t> cuts;
    for (const std::size_t from : {std::size_t{0}, middle}) {
      for (const std::size_t more : {1u, 20u}) cuts.insert(from + more);
    }
    for (const auto cut : cuts) {
      if (cut >= c.all.size()) continue;
      heard first(GetParam()), second_half(GetParam());
      feed(first, c, 0, cut);
      second_half.machine().load(first.machine().save());
      feed(second_half, c, cut, c.all.size());
      second_half.finish();
      auto said = first.lines();
      said.insert(said.end(), second_half.lines().begin(), second_half.lines().end());
      ASSERT_TRUE(said == whole.lines()) << c.name << ", cut at " << cut;
      ASSERT_EQ(
          first.machine().totals().points_skipped + second_half.machine().totals().points_skipped,
          whole.machine().totals().points_skipped)
          << c.name << ", cut at " << cut;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, EventTimes, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

/// A snapshot of a version without a clock, taken after 120 points and one of the year 2100.
struct poisoned {
  std::string name;
  test::setting setting;

  friend void PrintTo(const poisoned& p, std::ostream* out) { *out << p.name; }
};
std::vector<poisoned> all_poisoned() {
  using namespace std::chrono_literals;
  const option value{"field", {"value"}}, every_ten{"every", {10s}}, minute{"period", {1min}};
  const option median{"quantile", {0.5}};
  return {
      {"rate", {.function = "rate", .options = {value}}},
      {"moving_stats",
       {.function = "moving_stats", .options = {value, {"statistic", {"mean"}}, minute}}},
      {"correlate",
       {.function = "correlate", .options = {{"x", {"value"}}, {"y", {"value1"}}, minute}}},
      {"outlier_score", {.function = "outlier_score", .options = {value, minute}}},
      {"outlier_score_half_life",
       {.function = "outlier_score",
        .options = {value, {"method", {"ewma"}}, {"halfLife", {30s}}}}},
      {"ewma", {.function = "ewma", .options = {value, {"halfLife", {5s}}}}},
      {"anomaly", {.function = "anomaly", .options = {value, {"detectGaps", {}}}}},
      {"forecast",
       {.function = "forecast", .options = {value, {"interval", {1s}}, {"horizon", {10s}}}}},
      {"forecast_season",
       {.function = "forecast",
        .options = {value, {"interval", {1s}}, {"horizon", {10s}}, {"season", {44s}}}}},
      {"time_to", {.function = "time_to", .options = {value, {"threshold", {100.0}}, minute}}},
      {"filter",
       {.function = "filter",
        .options = {value, {"method", {"median"}}, {"size", {5}}, {"maxGap", {10s}}}}},
      {"resample", {.function = "resample", .options = {value, {"every", {1s}}}}},
      {"resample_mean",
       {.function = "resample", .options = {value, {"every", {5s}}, {"method", {"mean"}}}}},
      {"spectrum",
       {.function = "spectrum",
        .options = {value, {"size", {16}}, {"interval", {1s}}, {"everyCount", {1}}}}},
      {"state", {.function = "state", .options = {value, {"level", {"warn", 22.0}}}}},
      {"aggregate",
       {.function = "aggregate", .options = {{"period", {10s}}, {"aggregate", {"mean", "value"}}}}},
      {"quantile", {.function = "quantile", .options = {value, median, every_ten}}},
      {"quantile_cumulative",
       {.function = "quantile", .options = {value, median, every_ten, {"cumulative", {}}}}},
      {"cardinality", {.function = "cardinality", .options = {value, every_ten}}},
      {"top_k", {.function = "top_k", .options = {value, every_ten}}},
  };
}

class PoisonedSnapshot : public testing::TestWithParam<poisoned> {};

TEST_P(PoisonedSnapshot, IsRecoveredFrom) {
  const auto file = std::filesystem::path(KAPACITOR_UDF_TEST_DATA) / "snapshots" / "poisoned" /
                    (GetParam().name + ".snapshot");
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(bytes.empty()) << file;
  heard h(GetParam().setting), fresh(GetParam().setting);
  h.machine().load(bytes);
  const auto after = line(200, start + 200 * second);
  for (std::size_t i = 0; i < after.size(); ++i) h.add(after[i], i);
  for (std::size_t i = late_run; i < after.size(); ++i) fresh.add(after[i], i);
  EXPECT_GE(h.answers_since(late_run) + 2, fresh.lines().size());
  EXPECT_EQ(h.lines().back().substr(h.lines().back().find('@')),
            fresh.lines().back().substr(fresh.lines().back().find('@')));
  // The newest time, or where the window of a minute begins that ends there.
  const auto told = std::any_of(h.warnings().begin(), h.warnings().end(), [](const auto& text) {
    return text.find("is set back from 2100-01-01T00:0") != std::string::npos ||
           text.find("is set back from 2099-12-31T23:59:0") != std::string::npos;
  });
  EXPECT_TRUE(told || GetParam().name == "anomaly") << "anomaly follows the last point";
}

INSTANTIATE_TEST_SUITE_P(Functions, PoisonedSnapshot, testing::ValuesIn(all_poisoned()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace kapacitor::udf::event_times_test
