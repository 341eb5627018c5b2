#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kapacitor/udf/engine.hpp>

// Groups that have had no point for too long are forgotten.
namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto ttl = std::chrono::hours(1);

/// Emits how many points the group has had.
struct counts_points {
  counts_points() { ++alive; }
  counts_points(const counts_points&) = delete;
  ~counts_points() { --alive; }
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"n", ++n}}); }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
  static inline int alive = 0;
};
/// The same, and says so at each time and at the end.
struct talkative : counts_points {
  void on_time(udf::timestamp now, udf::emitter& out) { out.emit(header(), now, {{"n", n}}); }
  void on_finish(udf::emitter& out) { out.emit(header(), {}, {{"n", n}}); }
};
/// The same, with times that are judged.
struct judging {
  struct options : clock_options {
    static schema<options> describe() { return schema<options>{}.with(udf::clock()); }
  };
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"n", ++n}}); }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
};
/// How many batches the group has had, when one begins and when it ends.
struct batch_counting {
  static constexpr auto provides = edge::stream;
  void on_begin(const udf::batch&) { ++n; }
  void on_end(const udf::batch_end& e, udf::emitter& out) { out.emit(e, {{"n", n}}); }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
};
struct together : counts_points {
  static constexpr auto scope = udf::scope::per_task;
};

timestamp at(std::chrono::nanoseconds since) {
  return timestamp(std::chrono::hours(400'000)) + since;
}

/// An engine whose groups are hosts, and what it said: "a=3" for the third point of host a.
class running {
 public:
  explicit running(function f, task_limits limits = {.group_ttl = ttl})
      : engine_(std::move(f), {}, [this](const result& r) { hear(r); },
                {.group_by = {.tags = {"host"}}, .limits = limits}) {}

  void add(const std::string& host, std::chrono::nanoseconds time) {
    const tag tags[] = {{"host", host}};
    const field fields[] = {{"x", 1}};
    engine_.add({.tags = tags, .fields = fields, .time = at(time)});
  }
  void add_batch(const std::string& host, std::vector<std::chrono::nanoseconds> times) {
    const tag tags[] = {{"host", host}};
    const field fields[] = {{"x", 1}};
    engine_.begin_batch({.tags = tags});
    for (const auto t : times) engine_.add({.tags = tags, .fields = fields, .time = at(t)});
    engine_.end_batch(at(times.back()));
  }
  void advance(std::chrono::nanoseconds time) { engine_.advance(at(time)); }
  std::vector<std::string> said() { return std::exchange(said_, {}); }
  engine& operator*() { return engine_; }
  engine* operator->() { return &engine_; }

 private:
  void hear(const result& r) {
    std::string host = r.tags.empty() ? "" : std::string(r.tags[0].value);
    said_.push_back(host + "=" + std::to_string(static_cast<int>(*r.number("n"))));
  }
  std::vector<std::string> said_;
  engine engine_;
};

TEST(GroupTtl, BeginsAGroupAnewThatWasSilentByItsOwnTimes) {
  running r(make_function<counts_points>("f"));
  r.add("a", 0h);
  r.add("b", 0h);
  r.add("a", 1h);
  r.add("a", 2h + 1ns);  // more than an hour later
  r.add("b", 1h);        // its own clock says otherwise
  EXPECT_THAT(r.said(), ElementsAre("a=1", "b=1", "a=2", "a=1", "b=2"));
  EXPECT_EQ(r->totals().expired_groups, 1u);
  EXPECT_EQ(r->totals().groups, 2u);
  EXPECT_EQ(r->totals().evicted_groups, 0u);
}

TEST(GroupTtl, IsNotMisledByPointsThatAreLate) {
  running r(make_function<counts_points>("f"));
  r.add("a", 0min);
  r.add("a", 50min);
  r.add("a", -10h);  // late
  r.add("a", 100min);
  EXPECT_THAT(r.said(), ElementsAre("a=1", "a=2", "a=3", "a=4"));
}

TEST(GroupTtl, ForgetsGroupsThatAreSilentByTheWallClock) {
  running r(make_function<counts_points>("f"));
  r.advance(0h);
  r.add("a", 0h);
  r.add("b", 0h);
  r.advance(30min);
  r.add("b", 0h);  // points may be as old as they like
  r.advance(1h);
  EXPECT_EQ(r->totals().groups, 2u) << "not longer than an hour";
  r.advance(1h + 1s);
  EXPECT_EQ(r->totals().groups, 1u);
  r.advance(2h);
  EXPECT_EQ(r->totals().groups, 0u);
  EXPECT_EQ(r->totals().expired_groups, 2u);
  r.add("a", 0h);
  r.add("b", 0h);
  EXPECT_THAT(r.said(), ElementsAre("a=1", "b=1", "b=2", "a=1", "b=1"));
}

TEST(GroupTtl, GivesTheMemoryOfForgottenGroupsBack) {
  const auto before = counts_points::alive;
  running r(make_function<counts_points>("f"));
  for (int hour = 0; hour < 20; ++hour) {
    r.advance(2h * hour);
    for (int i = 0; i < 200; ++i) r.add(std::to_string(hour) + "_" + std::to_string(i), 0h);
    EXPECT_EQ(counts_points::alive, before + 200);
  }
  EXPECT_EQ(r->totals().groups, 200u);
  EXPECT_EQ(r->totals().expired_groups, 19u * 200);
}

/// Nobody knows how old points were that came before.
TEST(GroupTtl, BeginsToCountWhenTheWallClockIsToldFirst) {
  running r(make_function<counts_points>("f"));
  r.add("a", 0h);
  r.advance(1000h);
  r.advance(1000h + 1h);
  EXPECT_EQ(r->totals().groups, 1u);
  r.advance(1000h + 1h + 1s);
  EXPECT_EQ(r->totals().groups, 0u);
}

TEST(GroupTtl, BearsAWallClockThatIsSetBack) {
  running r(make_function<counts_points>("f"));
  r.advance(100h);
  r.add("a", 0h);
  r.advance(0h);
  r.add("b", 0h);
  r.advance(1h);
  EXPECT_EQ(r->totals().groups, 2u);
  r.advance(1h + 1s);
  EXPECT_EQ(r->totals().groups, 1u) << "b was silent for more than an hour";
  r.advance(101h + 1s);
  EXPECT_EQ(r->totals().groups, 0u);
}

TEST(GroupTtl, TellsAGroupTheTimeBeforeItIsForgottenButNotTheEnd) {
  running r(make_function<talkative>("f"));
  r.advance(0h);
  r.add("a", 0h);
  r.said();
  r.advance(2h);
  EXPECT_THAT(r.said(), ElementsAre("=1"));
  r.advance(3h);
  EXPECT_THAT(r.said(), IsEmpty());
  r.add("b", 0h);
  r.add("c", 0h);
  r.said();
  r->finish();
  EXPECT_THAT(r.said(), ElementsAre("=1", "=1"));
}

TEST(GroupTtl, KeepsTheOrderInWhichGroupsCame) {
  running r(make_function<talkative>("f"));
  r.advance(0h);
  r.add("a", 0h);
  r.advance(30min);
  for (int i = 0; i < 2; ++i) r.add("b", 0h);
  r.advance(61min);  // a goes
  for (int i = 0; i < 3; ++i) r.add("c", 0h);
  r.said();
  r->finish();
  EXPECT_THAT(r.said(), ElementsAre("=2", "=3")) << "also if c has taken the number of a";
}

/// A single wrong time must not cost the group what it has learned.
TEST(GroupTtl, IsNotMisledByAPointOfTheFutureIfTimesAreJudged) {
  running r(make_function<judging>("f"));
  r.advance(10min);
  for (int i = 0; i < 10; ++i) r.add("a", 1min * i);
  r.said();
  r.add("a", 5h);
  r.add("a", 10min);
  EXPECT_THAT(r.said(), ElementsAre("a=11"));
  EXPECT_EQ(r->totals().skipped[reason::future], 1u);
  EXPECT_EQ(r->totals().expired_groups, 0u);
  r.advance(3h);
  r.add("a", 3h);
  EXPECT_THAT(r.said(), ElementsAre("a=1"));
  EXPECT_EQ(r->totals().expired_groups, 1u) << "by the wall clock";
  r.advance(3h + 55min);
  r.add("a", 4h + 1min);
  EXPECT_THAT(r.said(), ElementsAre("a=1"));
  EXPECT_EQ(r->totals().expired_groups, 2u) << "by its own times";
}

TEST(GroupTtl, DatesABatchByItsFirstPoint) {
  running r(make_function<batch_counting>("f"));
  r.add_batch("a", {0min, 10min});
  r.add_batch("a", {70min, 90min});      // an hour after the end of the one before
  r.add_batch("a", {150min + 1ns, 3h});  // more
  EXPECT_THAT(r.said(), ElementsAre("a=1", "a=2", "a=1"));
  EXPECT_EQ(r->totals().expired_groups, 1u);
  r.advance(0h);
  r.advance(2h);
  EXPECT_EQ(r->totals().groups, 0u);
}

TEST(GroupTtl, HoldsForATaskWithOneInstance) {
  running r(make_function<together>("f"));
  r.add("a", 0h);
  r.add("b", 30min);
  r.add("a", 80min);
  r.add("b", 3h);
  EXPECT_THAT(r.said(), ElementsAre("a=1", "b=2", "a=3", "b=1"));
}

TEST(GroupTtl, GoesOnFromASnapshot) {
  running r(make_function<counts_points>("f"));
  r.advance(0h);
  r.add("a", 0h);
  r.advance(30min);
  r.add("b", 0h);
  running other(make_function<counts_points>("f"));
  other->load(r->save());
  EXPECT_EQ(other->save(), r->save());
  other.advance(61min);
  EXPECT_EQ(other->totals().groups, 1u);
  other.add("b", 61min);
  EXPECT_THAT(other.said(), ElementsAre("b=1"));
}

/// The flag may have been set or dropped since the snapshot was taken.
TEST(GroupTtl, TakesSnapshotsOfTasksWithoutOneAndTheOtherWayRound) {
  running without(make_function<counts_points>("f"), {});
  without.add("a", 0h);
  running with(make_function<counts_points>("f"));
  with->load(without->save());
  with.add("a", 0h);
  EXPECT_THAT(with.said(), ElementsAre("a=2"));
  with.advance(10h);
  with.advance(11h);
  EXPECT_EQ(with->totals().groups, 1u);
  without->load(with->save());
  without.add("a", 100h);
  EXPECT_THAT(without.said(), ElementsAre("a=1", "a=3"));
}

/// Who makes room next is part of a snapshot.
TEST(GroupTtl, GroupsMakeRoomInTheSameOrderAfterARestore) {
  const task_limits limits{.max_groups = 4};
  running r(make_function<counts_points>("f"), limits);
  const auto feed = [](running& to, int from) {
    for (int i = from; i < from + 100; ++i) {
      to.add(std::to_string(i * i % 7), 0h);
      if (i % 3 == 0) to.add("often", 0h);
    }
    return to.said();
  };
  feed(r, 0);
  running other(make_function<counts_points>("f"), limits);
  other->load(r->save());
  EXPECT_EQ(other->save(), r->save());
  EXPECT_EQ(feed(other, 100), feed(r, 100));
  EXPECT_EQ(other->save(), r->save());
}

}  // namespace
}  // namespace kapacitor::udf
