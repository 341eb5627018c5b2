#include "support/ready_made.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "property/everything.hpp"
#include "property/sample.hpp"

// What holds for every ready-made function, whatever it computes.
namespace kapacitor::udf {
namespace {

constexpr std::int64_t second = 1'000'000'000;

class ReadyMade : public testing::TestWithParam<test::setting> {
 public:
  test::runner make(const task_limits& limits = {}) const {
    return test::runner(test::ready_made(GetParam().function), GetParam().options, limits);
  }
  bool of_batches() const { return test::ready_made(GetParam().function).wants == edge::batch; }
  /// Feeds points, to a function of batches as batches of ten.
  test::output feed(test::runner& r, const std::vector<test::point>& points) const {
    if (!of_batches()) return r.feed(points);
    std::vector<test::batch> batches;
    for (std::size_t i = 0; i < points.size(); i += 10) {
      test::batch b{.tags = points[i].tags, .points = {}, .tmax = points[i].time};
      for (std::size_t k = i; k < std::min(i + 10, points.size()); ++k) {
        b.points.push_back(points[k]);
        b.points.back().tags = b.tags;
        b.tmax = std::max(b.tmax, points[k].time);
      }
      batches.push_back(std::move(b));
    }
    return r.feed(batches);
  }
};

test::point at(std::int64_t time, test::field_value value) {
  return {.tags = {{"host", "a"}}, .fields = {{"value", std::move(value)}}, .time = time};
}

void expect_finite(const test::point& p) {
  for (const auto& [name, value] : p.fields) {
    if (const auto* x = std::get_if<double>(&value)) {
      EXPECT_TRUE(std::isfinite(*x)) << name << " at " << p.time;
    }
  }
}
void expect_sound(const test::output& out) {
  EXPECT_EQ(out.error, "");
  for (const auto& p : out.points) expect_finite(p);
  for (const auto& b : out.batches) {
    for (const auto& p : b.points) expect_finite(p);
  }
}

/// Of three groups, mostly usual, all else now and then: times that stand or go back, no field,
/// text, NaN, infinities, huge and tiny values.
class wild_stream {
 public:
  explicit wild_stream(std::uint64_t seed) : random_(seed) {}

  std::vector<test::point> points(std::size_t n) {
    std::vector<test::point> result;
    for (; n > 0; --n) result.push_back(next());
    return result;
  }

 private:
  test::point next() {
    if (!random_.one_in(10)) time_ += static_cast<std::int64_t>(random_.below(2 * second));
    if (random_.one_in(200)) time_ += 3'600 * second;
    auto p = at(time_, value());
    if (random_.one_in(30)) p.time -= static_cast<std::int64_t>(random_.below(30 * second));
    p.tags[0].second = "h" + std::to_string(random_.below(3));
    if (random_.one_in(20)) p.fields[0].first = "other";
    if (random_.one_in(2)) p.fields.emplace_back("value1", 3 * random_.part());
    return p;
  }
  test::field_value value() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    switch (random_.below(40)) {
      case 0:
        return std::nan("");
      case 1:
        return random_.one_in(2) ? infinity : -infinity;
      case 2:
        return "text";
      case 3:
        return random_.one_in(2);
      case 4:
        return random_.integer();
      case 5:
        return random_.one_in(4) ? 1e300 * (random_.part() - 0.5) : 1e6;
      case 6:
        return 5e-324;
      default:
        return 20 + 10 * random_.part();
    }
  }

  test::sample random_;
  std::int64_t time_ = 1'600'000'000 * second;
};

TEST_P(ReadyMade, NeverFailsAndNeverSaysNaN) {
  if (GetParam().forwards) GTEST_SKIP() << "what comes out is what went in";
  auto r = make();
  wild_stream stream(1);
  for (int round = 0; round < 20 && !HasFailure(); ++round) {
    expect_sound(feed(r, stream.points(1'000)));
  }
}

TEST_P(ReadyMade, GoesOnFromASnapshotAsIfNothingHadBeen) {
  auto first = make();
  wild_stream stream(2);
  for (int round = 0; round < 20 && !HasFailure(); ++round) {
    feed(first, stream.points(150));
    auto other = make();
    const auto snapshot = first.snapshot();
    ASSERT_EQ(other.restore(snapshot), "");
    ASSERT_EQ(other.snapshot(), snapshot);
    const auto more = stream.points(150);
    const auto expected = feed(first, more);
    ASSERT_TRUE(test::same(feed(other, more), expected)) << "in round " << round;
    ASSERT_EQ(other.snapshot(), first.snapshot());
  }
}

/// Points of many groups, of which most are silent for a while now and then, with the time told
/// between them.
class changing_crowd {
 public:
  changing_crowd(const ReadyMade& function, std::uint64_t seed)
      : function_(function), stream_(seed), random_(seed + 1) {}

  test::output feed(test::runner& to, const std::vector<std::vector<test::point>>& rounds) const {
    test::output all;
    for (const auto& points : rounds) {
      if (points.empty()) continue;
      append(all, to.advance(points.front().time));
      append(all, function_.feed(to, points));
    }
    return all;
  }
  std::vector<std::vector<test::point>> rounds(std::size_t n) {
    std::vector<std::vector<test::point>> result(n);
    for (auto& points : result) {
      const auto absent = random_.below(8);
      for (auto& p : stream_.points(30)) {
        const auto host = random_.below(8);
        if (host == absent || host % 4 == absent % 4) continue;
        p.tags[0].second = "h" + std::to_string(host);
        points.push_back(std::move(p));
      }
    }
    return result;
  }

 private:
  static void append(test::output& all, const test::output& more) {
    all.points.insert(all.points.end(), more.points.begin(), more.points.end());
    all.batches.insert(all.batches.end(), more.batches.begin(), more.batches.end());
    all.error += more.error;
  }

  const ReadyMade& function_;
  wild_stream stream_;
  test::sample random_;
};

TEST_P(ReadyMade, ForgetsTheSameGroupsAfterARestore) {
  const task_limits all_limits[] = {{.group_ttl = std::chrono::seconds(40)},
                                    {.max_groups = 5},
                                    {.max_groups = 5, .group_ttl = std::chrono::seconds(60)}};
  for (const auto& limits : all_limits) {
    SCOPED_TRACE(std::to_string(limits.max_groups) + " groups, " +
                 std::to_string(limits.group_ttl.count()) + " ns");
    changing_crowd crowd(*this, 5);
    auto first = make(limits);
    for (int round = 0; round < 3 && !HasFailure(); ++round) {
      crowd.feed(first, crowd.rounds(8));
      auto other = make(limits);
      const auto snapshot = first.snapshot();
      ASSERT_EQ(other.restore(snapshot), "");
      ASSERT_EQ(other.snapshot(), snapshot);
      const auto more = crowd.rounds(8);
      const auto expected = crowd.feed(first, more);
      ASSERT_TRUE(test::same(crowd.feed(other, more), expected)) << "in round " << round;
      ASSERT_EQ(other.snapshot(), first.snapshot());
    }
  }
}

TEST_P(ReadyMade, BeginsAnewInAGroupThatWasSilentForTooLong) {
  const task_limits limits{.group_ttl = std::chrono::seconds(100)};
  test::sample random(7);
  std::vector<test::point> before, after;
  std::int64_t time = 1'600'000'000 * second;
  const auto next = [&] {
    time += static_cast<std::int64_t>(random.below(2 * second));
    auto p = at(time, 20 + 10 * random.part());
    p.fields.emplace_back("value1", random.part());
    return p;
  };
  for (int i = 0; i < 500; ++i) before.push_back(next());
  time += 101 * second;
  for (int i = 0; i < 500; ++i) after.push_back(next());
  auto r = make(limits), fresh = make(limits);
  feed(r, before);
  const auto got = feed(r, after), expected = feed(fresh, after);
  EXPECT_TRUE(test::same(got, expected));
}

TEST_P(ReadyMade, TakesTheHardestSeries) {
  const std::int64_t start = 1'600'000'000 * second;
  const std::int64_t beyond = (std::int64_t{1} << 53) + 1;
  const std::vector<std::vector<test::point>> all = {
      {at(start, 1.0)},
      {at(start, 1.0), at(start, 1.0), at(start, 2.0), at(start, 2.0)},
      {at(start, 1.0), at(start - second, 2.0), at(start - 2 * second, 3.0), at(start, 4.0)},
      {at(start, 1.0), at(start + std::int64_t{86'400} * 365 * second, 2.0), at(start + 1, 3.0)},
      {at(start, 1.0), at(start + second, 1'000'000'000'001.0), at(start + 2 * second, 2.0)},
      {at(start, beyond), at(start + second, beyond + 2), at(start + 2 * second, -beyond)},
      {at(start, 1), at(start + second, 2.5), at(start + 2 * second, "3"),
       at(start + 3 * second, true), at(start + 4 * second, 4)},
      {at(start, 1e308), at(start + second, -1e308), at(start + 2 * second, 1e308)},
      {at(std::numeric_limits<std::int64_t>::min(), 1.0),
       at(std::numeric_limits<std::int64_t>::max(), 2.0), at(0, 3.0),
       at(std::numeric_limits<std::int64_t>::min(), 4.0)},
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE("series " + std::to_string(i));
    auto r = make();
    expect_sound(feed(r, all[i]));
    expect_sound(feed(r, all[i]));
  }
  auto r = make();
  std::vector<test::point> same;
  for (int i = 0; i < 1'000; ++i) same.push_back(at(start + i * second, 7.25));
  expect_sound(feed(r, same));
}

TEST_P(ReadyMade, KeepsGroupsApart) {
  if (GetParam().shared_by_groups) GTEST_SKIP() << "by its options one state for all groups";
  wild_stream stream(3);
  std::vector<test::point> both, alone;
  for (auto& p : stream.points(2'000)) {
    if (p.tags[0].second == "h2") continue;
    if (p.tags[0].second == "h0") alone.push_back(p);
    both.push_back(std::move(p));
  }
  if (of_batches()) GTEST_SKIP() << "a batch is of one group";
  auto r1 = make(), r2 = make();
  const auto of_both = r1.feed(both).points;
  const auto of_one = r2.feed(alone).points;
  std::vector<test::point> got;
  for (const auto& p : of_both) {
    for (const auto& [name, value] : p.tags) {
      if (name == "host" && value == "h0") got.push_back(p);
    }
  }
  EXPECT_TRUE(got.size() == of_one.size() &&
              test::same(test::output{.points = got}, test::output{.points = of_one}));
}

INSTANTIATE_TEST_SUITE_P(Functions, ReadyMade, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

TEST(ReadyMadeSettings, HaveEveryFunction) {
  std::set<std::string> tested;
  for (const auto& s : test::ready_made_settings()) tested.insert(s.function);
  for (const auto& f : functions::all()) EXPECT_TRUE(tested.contains(f.name)) << f.name;
}

}  // namespace
}  // namespace kapacitor::udf
