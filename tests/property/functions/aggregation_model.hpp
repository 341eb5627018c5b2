#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "functions/aggregation/aggregate.hpp"
#include "property/functions/reading.hpp"
#include "property/sample.hpp"

// What the sketches' tests share: reports by their definition, of everything that was counted.
namespace kapacitor::udf::test {

inline function aggregate() {
  return make_function<functions::aggregate>("aggregate");
}

/// What is wrong with the options, without the function's name before it.
inline std::string problem_of(const function& f, const std::vector<option>& options) {
  const auto error = runner(f, options).feed(std::vector<point>{}).error;
  const auto prefix = f.name + ": ";
  EXPECT_EQ(error.substr(0, prefix.size()), prefix);
  return error.size() < prefix.size() ? error : error.substr(prefix.size());
}

/// Keeps what counts in a stretch of time, or since ever.
template <class Counted>
class stretches {
 public:
  stretches(std::int64_t every, bool cumulative) : every_(every), cumulative_(cumulative) {}

  struct report {
    std::int64_t time;
    std::vector<Counted> counted;
  };
  std::optional<report> take(std::int64_t time, Counted counted) {
    const auto begin = time - ((time % every_) + every_) % every_;
    std::optional<report> ended;
    if (begin_ && begin < *begin_) {
      if (!cumulative_) return ended;
    } else {
      if (begin_ && begin > *begin_) {
        ended = report{*begin_ + every_, counted_};
        if (!cumulative_) counted_.clear();
      }
      begin_ = begin;
    }
    counted_.push_back(std::move(counted));
    return ended;
  }

 private:
  std::int64_t every_;
  bool cumulative_;
  std::optional<std::int64_t> begin_;
  std::vector<Counted> counted_;
};

/// A point of one of three hosts; times that stand, go back, or leap over stretches.
class moments {
 public:
  explicit moments(std::uint64_t seed) : random(seed) {}

  point next() {
    if (!random.one_in(5)) time_ += static_cast<std::int64_t>(random.below(second / 10));
    if (random.one_in(3'000)) time_ += 100 * second;
    point p{.tags = {{"host", "h" + std::to_string(random.below(3))}}, .time = time_};
    if (random.one_in(20)) p.time -= static_cast<std::int64_t>(random.below(5 * second));
    return p;
  }

  sample random;

 private:
  std::int64_t time_ = start;
};

/// Feeds points that `fill` completes, and compares with what `check(got points, next, counted)`
/// finds in the report of the group, which it steps over. `counted` tells what of the point counts.
/// In between the function starts again from snapshots.
template <class Counted, class Fill, class CountedOf, class Check>
void compare_reports(const function& f, const std::vector<option>& options, std::int64_t every,
                     std::uint64_t seed, Fill fill, CountedOf counted_of, Check check) {
  bool cumulative = false, per_task = false;
  for (const auto& o : options) {
    cumulative = cumulative || o.name == "cumulative";
    per_task = per_task || o.name == "perTask";
  }
  moments source(seed);
  std::map<std::string, stretches<Counted>> groups;
  auto r = std::make_unique<runner>(f, options);
  for (int round = 0; round < 20 && !testing::Test::HasFailure(); ++round) {
    std::vector<point> points;
    while (points.size() < 1'000) {
      points.push_back(source.next());
      fill(source.random, points.back());
    }
    const auto out = r->feed(points);
    ASSERT_EQ(out.error, "");
    std::size_t next = 0;
    for (const auto& p : points) {
      const std::optional<Counted> counted = counted_of(p);
      if (!counted) continue;
      auto& group =
          groups.try_emplace(per_task ? "" : p.tags[0].second, every, cumulative).first->second;
      const auto ended = group.take(p.time, *counted);
      if (!ended) continue;
      ASSERT_LT(next, out.points.size());
      ASSERT_EQ(out.points[next].time, ended->time);
      const auto tags = out.points[next].tags;
      ASSERT_EQ(!tags.empty() && tags[0] == p.tags[0], !per_task);
      ASSERT_NO_FATAL_FAILURE(check(out.points, next, ended->counted));
    }
    ASSERT_EQ(next, out.points.size());
    auto other = std::make_unique<runner>(f, options);
    ASSERT_EQ(other->restore(r->snapshot()), "");
    r = std::move(other);
  }
}

}  // namespace kapacitor::udf::test
