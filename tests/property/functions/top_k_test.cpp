#include "functions/aggregation/top_k.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "functions/aggregation/space_saving.hpp"
#include "property/functions/aggregation_model.hpp"

// top_k against counters of everything.
namespace kapacitor::udf::top_k_test {
namespace {

using std::chrono::seconds;
using test::second;
using test::start;

function top_k() {
  return make_function<functions::top_k>("top_k");
}

using counted = std::pair<std::string, double>;

/// Few are frequent, many are rare.
std::string some_value(test::sample& random) {
  return "v" + std::to_string(static_cast<int>(std::pow(random.part(), 8) * 2'000));
}

void compare(std::vector<option> options, std::size_t k, std::size_t capacity, bool weighted) {
  options.insert(options.end(), {{"tag", {"url"}}, {"every", {seconds(10)}}, {"k", {k}}});
  if (weighted) options.push_back({"weightField", {"w"}});
  test::compare_reports<counted>(
      top_k(), options, 10 * second, k,
      [&](test::sample& random, test::point& p) {
        if (!random.one_in(20)) p.tags.emplace_back("url", some_value(random));
        // Multiples of 1/4: no rounding.
        p.fields.emplace_back("w", static_cast<double>(random.below(20)) / 4);
        p.group_by = std::vector<std::string>{"host"};
      },
      [&](const test::point& p) -> std::optional<counted> {
        const double w = weighted ? *p.number("w") : 1;
        if (p.tags.size() < 2 || w == 0) return std::nullopt;
        return counted(p.tags[1].second, w);
      },
      [&](const auto& points, std::size_t& next, const auto& all) {
        std::map<std::string, double> exact;
        double total = 0;
        for (const auto& [value, w] : all) {
          exact[value] += w;
          total += w;
        }
        const bool few = exact.size() <= capacity;
        const auto bound = total / static_cast<double>(capacity);
        const auto expected = std::min(k, std::min(capacity, exact.size()));
        const auto time = points[next].time;
        double before = std::numeric_limits<double>::infinity(), least_seen = 0;
        std::map<std::string, double> got;
        for (std::size_t rank = 1; rank <= expected; ++rank, ++next) {
          ASSERT_LT(next, points.size());
          const auto& p = points[next];
          ASSERT_EQ(p.time, time);
          ASSERT_EQ(p.number("top_rank"), static_cast<double>(rank));
          const auto& value = p.tags.back();
          ASSERT_EQ(value.first, "url");
          const double count = *p.number("top_count"), error = *p.number("top_error");
          ASSERT_LE(count, before);
          ASSERT_GE(count, exact[value.second]);
          ASSERT_LE(count - error, exact[value.second]);
          ASSERT_LE(error, few ? 0 : bound);
          ASSERT_TRUE(got.emplace(value.second, count).second);
          before = least_seen = count;
        }
        // None that is surely more frequent is missing.
        for (const auto& [value, count] : exact) {
          ASSERT_TRUE(count <= least_seen || got.contains(value)) << value;
        }
      });
}

TEST(TopK, IsExactOfFewAndBoundedOfMany) {
  compare({}, 5, 50, false);
  compare({}, 5, 50, true);
  compare({{"capacity", {3'000}}}, 20, 3'000, true);
  compare({{"capacity", {10}}, {"cumulative", {}}}, 10, 10, true);
  compare({{"perTask", {}}}, 3, 30, false);
  compare({{"perTask", {}}, {"cumulative", {}}, {"capacity", {1}}}, 1, 1, false);
}

test::point with(test::field_value value, std::int64_t time = 0) {
  return {.tags = {{"host", "a"}}, .fields = {{"x", std::move(value)}}, .time = start + time};
}

std::vector<test::point> top_of(std::vector<test::point> points, std::vector<option> options = {}) {
  options.insert(options.end(), {{"field", {"x"}}, {"every", {seconds(10)}}});
  test::runner r(top_k(), options);
  points.push_back(with("end", 10 * second));
  const auto out = r.feed(points);
  EXPECT_EQ(out.error, "");
  return out.points;
}

TEST(TopK, CountsValuesByTheirText) {
  const auto out = top_of({with(1), with(1.0), with("1"), with(true), with("true"), with(0.1),
                           with(""), with(std::nan("")), with(-5)});
  std::vector<std::pair<std::string, double>> got;
  for (const auto& p : out) got.emplace_back(p.tags.at(1).second, *p.number("top_count"));
  EXPECT_EQ(got, (std::vector<std::pair<std::string, double>>{
                     {"1", 3}, {"true", 2}, {"-5", 1}, {"0.1", 1}}));
  EXPECT_TRUE(std::holds_alternative<std::int64_t>(*out.at(0).find("top_count")));
}

TEST(TopK, WritesTheValueToAFieldWhereWanted) {
  const auto out = top_of({with("b"), with("b"), with("c")}, {{"valueAsField", {}}});
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].tags,
            (std::vector<std::pair<std::string, std::string>>{{"host", "a"}, {"top_rank", "1"}}));
  EXPECT_EQ(std::get<std::string>(*out[0].find("top")), "b");
  EXPECT_EQ(std::get<std::string>(*out[1].find("top")), "c");
  EXPECT_EQ(out[0].find("top_rank"), nullptr);
}

TEST(TopK, CutsLongTextsAndTellsThemApart) {
  const std::string much(300, 'x');
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ä";
  const auto out = top_of({with(much + "1"), with(much + "2"), with(much + "1"), with(umlauts)});
  ASSERT_EQ(out.size(), 3u);
  const auto& text = out[0].tags.at(1).second;
  EXPECT_EQ(out[0].number("top_count"), 2.0);
  EXPECT_EQ(text.size(), 256u);
  EXPECT_EQ(text.substr(0, 240), std::string(239, 'x') + "~");
  EXPECT_NE(text, out[1].tags.at(1).second);
  // No character is cut in two.
  EXPECT_EQ(out[2].tags.at(1).second.find('~'), 238u);
}

TEST(TopK, TakesWeightsAboveZeroOnly) {
  std::vector<test::point> points;
  for (const double w : {-1.0, 0.0, std::nan(""), 1e308, 1e308}) {
    points.push_back(with("a"));
    points.back().fields.emplace_back("w", w);
  }
  points.push_back(with("b"));
  for (auto& p : points) p.fields.emplace_back("other", 1);
  const auto out = top_of(points, {{"weightField", {"w"}}});
  EXPECT_TRUE(out.empty());  // the point that would have ended it has no weight
  auto end = with("end", 10 * second);
  end.fields.emplace_back("w", 1);
  points.push_back(end);
  const auto ended = top_of(points, {{"weightField", {"w"}}});
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].number("top_count"), std::numeric_limits<double>::max());
}

TEST(TopK, KeepsTheGroupsTagWhereItCountsThat) {
  test::runner r(top_k(), {{"tag", {"host"}}, {"every", {seconds(10)}}});
  const auto out = r.feed(std::vector{with(1), with(1, 10 * second)}).points;
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].tags, (std::vector<std::pair<std::string, std::string>>{{"host", "a"}}));
}

TEST(TopK, SaysWhatIsWrongWithItsOptions) {
  const auto error = [](std::vector<option> options) {
    options.push_back({"every", {seconds(10)}});
    return test::problem_of(top_k(), options);
  };
  const option field{"field", {"x"}};
  EXPECT_EQ(error({}), "whose values are to be counted: either .field('name') or .tag('name')");
  EXPECT_EQ(error({field, {"k", {0}}}), "k must be between 1 and 1000, got 0");
  EXPECT_EQ(error({field, {"k", {20}}, {"capacity", {10}}}),
            "capacity must be at least k (20), got 10");
  EXPECT_EQ(error({field, {"capacity", {100'001}}}),
            "capacity must be between 0 and 100000, got 100001");
}

}  // namespace
}  // namespace kapacitor::udf::top_k_test
