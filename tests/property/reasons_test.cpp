#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/ready_made.hpp"
#include <kapacitor/udf/engine.hpp>

// No ready-made function is silent about input that is of no use to it.
namespace kapacitor::udf {
namespace {

constexpr std::uint64_t points = 200;

struct listening final : result_sink {
  void on_point(const result&) override {}
  void on_warning(std::string_view text, std::uint64_t) override { warnings.emplace_back(text); }
  bool has(std::string_view part) const {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const std::string& w) { return w.find(part) != std::string::npos; });
  }
  std::string all() const {
    std::string text;
    for (const auto& w : warnings) text += w + "\n";
    return text;
  }

  std::vector<std::string> warnings;
};

class Reasons : public testing::TestWithParam<test::setting> {
 protected:
  Reasons()
      : engine_(test::ready_made(GetParam().function), GetParam().options, said,
                {.group_by = {.tags = {"host"}}}) {}

  /// Points one second apart with a tag and these fields; in batches of 20 if the function takes
  /// batches. And the end of the input.
  void feed(tag with, const std::vector<field>& fields) {
    const bool batches = test::ready_made(GetParam().function).wants == edge::batch;
    const tag tags[] = {with};
    for (std::uint64_t i = 0; i < points; ++i) {
      const timestamp time{std::chrono::seconds(1'000 + i)};
      if (batches && i % 20 == 0) engine_.begin_batch({.name = "m", .tags = tags, .size = 20});
      engine_.add({.name = "m", .tags = tags, .fields = fields, .time = time});
      if (batches && i % 20 == 19) engine_.end_batch(time);
    }
    engine_.finish();
  }
  std::uint64_t skipped(reason r) const { return engine_.totals().skipped[r]; }
  std::uint64_t incomplete(reason r) const { return engine_.totals().incomplete[r]; }
  bool reads_numbers() const {
    return GetParam().reads("value") && !counts_values() && GetParam().name() != "state_of_values";
  }
  /// Texts as well as numbers.
  bool counts_values() const {
    return (GetParam().function == "cardinality" || GetParam().function == "top_k") &&
           GetParam().variant != "weighted";
  }

  listening said;

 private:
  engine engine_;
};

TEST_P(Reasons, AccountForEveryPointWithoutTheField) {
  if (!GetParam().reads("value")) GTEST_SKIP() << "reads no field";
  feed({"host", "h0"}, {{"usage", 1.5}, {"idle", 2}});
  EXPECT_EQ(skipped(reason::missing_field), points);
  EXPECT_TRUE(said.has("point skipped: reason=missing_field what=\"value")) << said.all();
  EXPECT_TRUE(said.has("has=\"usage, idle\"")) << said.all();
  EXPECT_TRUE(said.has("answer to 100 points: field 'value")) << said.all();
  EXPECT_TRUE(said.has("is in no point; they have usage, idle")) << said.all();
}

TEST_P(Reasons, AccountForEveryTextInPlaceOfANumber) {
  if (!reads_numbers()) GTEST_SKIP() << "takes texts";
  feed({"host", "h0"}, {{"value", "12,5"}, {"value1", "a"}});
  EXPECT_EQ(skipped(reason::wrong_type), points);
  EXPECT_TRUE(said.has("reason=wrong_type what=\"value\"")) << said.all();
  EXPECT_TRUE(said.has("value=\"12,5\"")) << said.all();
  EXPECT_TRUE(said.has("answer to 100 points: 'value' is a string")) << said.all();
}

TEST_P(Reasons, AccountForEveryNaN) {
  if (!reads_numbers() && !(counts_values() && GetParam().reads("value")))
    GTEST_SKIP() << "reads no number";
  feed({"host", "h0"}, {{"value", std::nan("")}, {"value1", std::nan("")}});
  EXPECT_EQ(skipped(reason::not_finite), points);
  EXPECT_TRUE(said.has("answer to 100 points: 'value' is NaN or infinite")) << said.all();
}

TEST_P(Reasons, AccountForEveryPointWithoutTheTag) {
  if (!GetParam().reads("host")) GTEST_SKIP() << "reads no tag";
  feed({"site", "north"}, {{"value", 1.5}});
  EXPECT_EQ(skipped(reason::missing_tag) + incomplete(reason::missing_tag), points);
  EXPECT_TRUE(said.has("reason=missing_tag what=\"host\"")) << said.all();
  EXPECT_TRUE(said.has("answer to 100 points: tag 'host' is on no point; they have site"))
      << said.all();
}

TEST_P(Reasons, AreNotSaidOfPointsThatAreAnswered) {
  if (GetParam().name() == "state_of_values") GTEST_SKIP() << "takes no doubles";
  if (GetParam().name() == "ks_test_few_points") GTEST_SKIP() << "has no room for its batches";
  feed({"host", "h0"}, {{"value", 1.5}, {"value1", 2.5}});
  EXPECT_EQ(said.all(), "");
}

INSTANTIATE_TEST_SUITE_P(Functions, Reasons, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

engine made(const std::string& function, const std::vector<option>& options, result_sink& said) {
  return {test::ready_made(function), options, said};
}

TEST(ReasonsOfAFunction, OfFieldsThatNeverComeTogetherNameBoth) {
  listening said;
  auto e = made("correlate", {{"x", {"load"}}, {"y", {"users"}}, {"size", {10}}}, said);
  const field load[] = {{"load", 1.5}}, users[] = {{"users", 3}};
  for (int i = 0; i < 51; ++i) {
    const timestamp time{std::chrono::seconds(i)};
    e.add({.name = "system", .fields = load, .time = time});
    e.add({.name = "system", .fields = users, .time = time + std::chrono::milliseconds(1)});
  }
  EXPECT_TRUE(said.has("no answer to 101 points: 'users' and 'load' never came at the same time"))
      << said.all();
}

TEST(ReasonsOfAFunction, OfOneFieldThatIsMissingNameItAlone) {
  listening said;
  auto e = made("correlate", {{"x", {"load"}}, {"y", {"usres"}}, {"size", {10}}}, said);
  const field both[] = {{"load", 1.5}, {"users", 3}};
  for (int i = 0; i < 101; ++i) e.add({.fields = both, .time = timestamp(std::chrono::seconds(i))});
  EXPECT_TRUE(said.has("field 'usres' is in no point; they have load, users")) << said.all();
}

TEST(ReasonsOfAFunction, SayThatOneOfSeveralFieldsIsInNoPoint) {
  listening said;
  auto e = made("moving_stats",
                {{"field", {"usage"}}, {"field", {"idel"}}, {"statistic", {"mean"}}, {"size", {3}}},
                said);
  const field both[] = {{"usage", 1.5}, {"idle", 3}};
  for (int i = 0; i < 100; ++i) e.add({.fields = both, .time = timestamp(std::chrono::seconds(i))});
  EXPECT_EQ(e.totals().points_out, 100u);
  EXPECT_EQ(said.all(),
            "no full answer to 100 points: field 'idel' is in no point; they have usage, idle\n");
}

TEST(ReasonsOfAFunction, SayThatTheIntervalDoesNotFit) {
  listening said;
  auto e = made("spectrum",
                {{"field", {"x"}}, {"size", {8}}, {"interval", {std::chrono::seconds(1)}}}, said);
  const field x[] = {{"x", 1.5}};
  for (int i = 0; i < 102; ++i)
    e.add({.fields = x, .time = timestamp(std::chrono::seconds(10 * i))});
  EXPECT_EQ(e.totals().skipped[reason::gap], 101u);
  EXPECT_TRUE(
      said.has("reason=gap what=\"interval\" time=1970-01-01T00:00:10Z "
               "against=1970-01-01T00:00:00Z"))
      << said.all();
  EXPECT_TRUE(said.has("no answer to 101 points: after a gap the function began anew 100 times"))
      << said.all();
}

TEST(ReasonsOfAFunction, SayWhenAWindowIsCut) {
  listening said;
  auto e =
      made("moving_stats",
           {{"field", {"x"}}, {"statistic", {"count"}}, {"period", {std::chrono::hours(1)}}}, said);
  const field x[] = {{"x", 1.5}};
  constexpr std::int64_t most = 1'000'000;
  for (std::int64_t i = 0; i < most; ++i)
    e.add({.fields = x, .time = timestamp(std::chrono::microseconds(i))});
  EXPECT_EQ(said.all(), "");
  e.add({.fields = x, .time = timestamp(std::chrono::microseconds(most))});
  EXPECT_EQ(e.totals().incomplete[reason::cut_window], 1u);
  EXPECT_EQ(said.all(),
            "answered in part: reason=cut_window what=\"period\" time=1970-01-01T00:00:01Z\n");
}

TEST(ReasonsOfAFunction, AreNoneForAWindowThatSizeCuts) {
  listening said;
  auto e = made("moving_stats",
                {{"field", {"x"}},
                 {"statistic", {"count"}},
                 {"size", {3}},
                 {"period", {std::chrono::hours(1)}}},
                said);
  const field x[] = {{"x", 1.5}};
  for (int i = 0; i < 100; ++i) e.add({.fields = x, .time = timestamp(std::chrono::seconds(i))});
  EXPECT_EQ(said.all(), "");
}

}  // namespace
}  // namespace kapacitor::udf
