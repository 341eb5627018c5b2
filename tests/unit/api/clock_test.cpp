#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/engine.hpp>
#include <kapacitor/udf/testing.hpp>

// Points with wrong times, before a function sees them: udf::clock_options.
namespace kapacitor::udf::clock_test {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t second = 1'000'000'000, minute = 60 * second, hour = 60 * minute,
                       day = 24 * hour, year = 365 * day;
constexpr std::int64_t now = 1'700'000'000 * second;

/// Answers with the number of points that this instance has seen.
struct counter {
  struct options : udf::clock_options {
    static udf::schema<options> describe() { return udf::schema<options>{}.with(udf::clock()); }
  };
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"seen", ++seen}}); }
  auto state() { return std::tie(seen); }
  std::int64_t seen = 0;
};

/// Uses points that are up to a minute older than the newest, and keeps its count.
struct patient_counter : counter {
  void on_point(const udf::point& p, udf::emitter& out) {
    newest = std::max(newest, p.time());
    counter::on_point(p, out);
  }
  udf::timestamp earliest() const {
    return newest < udf::timestamp::min() + std::chrono::minutes(1)
               ? udf::timestamp::min()
               : newest - std::chrono::minutes(1);
  }
  void set_back(udf::timestamp to) { newest = to; }
  auto state() { return std::tie(seen, newest); }
  udf::timestamp newest = udf::timestamp::min();
};

class warned final : public result_sink {
 public:
  void on_point(const result& r) override {
    times.push_back(r.time.time_since_epoch().count());
    seen.push_back(*r.find("seen")->integer());
  }
  void on_warning(std::string_view text, std::uint64_t) override {
    (text.find("is set back") == text.npos ? warnings : set_backs).emplace_back(text);
  }

  std::vector<std::int64_t> times, seen;
  std::vector<std::string> warnings, set_backs;
};

template <class Function>
class clocked_engine {
 public:
  explicit clocked_engine(const std::vector<option>& options = {})
      : made(make_function<Function>("counter"), options, sink, {.group_by = {.tags = {"host"}}}) {
    made.advance(udf::timestamp(nanoseconds(now)));
  }
  void add(std::int64_t time, const char* host = "a") {
    const tag tags[] = {{"host", host}};
    const field fields[] = {{"x", 1.0}};
    made.add(
        {.name = "m", .tags = tags, .fields = fields, .time = udf::timestamp(nanoseconds(time))});
  }
  /// n points, a step apart.
  void add_line(std::int64_t from, std::int64_t step, int n) {
    for (int i = 0; i < n; ++i) add(from + i * step);
  }
  std::uint64_t skipped() const { return made.totals().points_skipped; }

  warned sink;
  engine made;
};

using Clock = clocked_engine<counter>;
using PatientClock = clocked_engine<patient_counter>;

TEST(EventClock, CountsOutAPointOfTheFutureThatTheNextContradicts) {
  Clock c;
  c.add_line(now - 20 * second, second, 10);
  c.add(now + 75 * year);
  EXPECT_EQ(c.sink.times.size(), 10u);
  c.add_line(now - 10 * second, second, 10);
  EXPECT_EQ(c.sink.seen.back(), 20);
  EXPECT_EQ(c.skipped(), 1u);
  ASSERT_EQ(c.sink.warnings.size(), 1u);
  for (const auto* part : {"reason=future", "2098-10-26T22:13:20Z", "2023-11-14T22:13:10Z"}) {
    EXPECT_NE(c.sink.warnings[0].find(part), std::string::npos) << c.sink.warnings[0];
  }
}

TEST(EventClock, DeliversAHeldPointBeforeTheNextThatAgrees) {
  Clock c;
  c.add_line(now - 20 * second, second, 10);
  c.add_line(now + year, second, 5);
  ASSERT_EQ(c.sink.times.size(), 15u);
  EXPECT_EQ(c.sink.times[10], now + year);
  EXPECT_EQ(c.sink.times[11], now + year + second);
  EXPECT_EQ(c.sink.seen.back(), 15);
  EXPECT_EQ(c.skipped(), 0u);
  EXPECT_TRUE(c.sink.warnings.empty());
}

TEST(EventClock, IsNotSilencedByAFirstPointOfTheFuture) {
  Clock c;
  c.add(now + 75 * year);
  c.add_line(now, second, 10);
  EXPECT_EQ(c.sink.seen.size(), 10u);
  EXPECT_EQ(c.skipped(), 1u);
}

TEST(EventClock, TakesAStreamThatLiesWhollyInTheFuture) {
  for (const auto step : {second, hour, day, 30 * day}) {
    Clock c;
    c.add_line(now + year, step, 200);
    EXPECT_EQ(c.sink.seen.size(), 200u) << step;
    EXPECT_EQ(c.skipped(), 0u);
  }
}

TEST(EventClock, TakesAStreamOfThePastWithGaps) {
  Clock c;
  c.add_line(0, second, 100);
  c.add_line(year, second, 100);
  c.add(20 * year);
  c.add_line(30 * year, second, 1);
  EXPECT_EQ(c.sink.seen.size(), 202u);
}

/// A machine without a battery begins in 1970.
TEST(EventClock, TakesEverythingIfTheWallClockIsWrong) {
  Clock c;
  c.made.advance(udf::timestamp(nanoseconds(0)));
  c.add_line(now, second, 100);
  c.add_line(now + 5 * hour, second, 100);
  EXPECT_EQ(c.sink.seen.size(), 200u);
  EXPECT_EQ(c.skipped(), 0u);
}

TEST(EventClock, DeliversAtTheEndWhatIsAllThatHasCome) {
  Clock c;
  c.add(now + year);
  EXPECT_TRUE(c.sink.seen.empty());
  c.made.finish();
  EXPECT_EQ(c.sink.seen.size(), 1u);
}

TEST(EventClock, CountsOutAtTheEndWhatOthersContradict) {
  Clock c;
  c.add(now);
  c.add(now + year);
  c.made.finish();
  EXPECT_EQ(c.sink.seen.size(), 1u);
  EXPECT_EQ(c.skipped(), 1u);
  EXPECT_EQ(c.sink.warnings.size(), 1u);
}

TEST(EventClock, BelievesPointsOfTheFutureThatNeverGoBack) {
  Clock c;
  c.add_line(now - 20 * second, second, 10);
  auto time = now;
  std::int64_t step = hour;
  for (int i = 0; i < 19; ++i) c.add(time += step *= 2, "b");  // until the year 2230
  EXPECT_GT(c.sink.times.size(), 10u);
}

TEST(EventClock, SetsItselfBackAfterARunOfLatePoints) {
  Clock c;
  c.add_line(now - hour, second, 100);
  c.add_line(now - 10 * hour, second, 100);
  EXPECT_EQ(c.skipped(), 19u);
  ASSERT_EQ(c.sink.seen.size(), 100u + 81u);
  EXPECT_EQ(c.sink.seen[100], 1) << "a fresh instance";
  EXPECT_EQ(c.sink.times[100], now - 10 * hour + 19 * second);
  ASSERT_EQ(c.sink.set_backs.size(), 1u);
  EXPECT_EQ(c.sink.set_backs[0],
            "the clock of the group host=a is set back from 2023-11-14T21:14:59Z to "
            "2023-11-14T12:13:39Z: 20 late points in a row agree");
  EXPECT_NE(c.sink.warnings.at(0).find("reason=late"), std::string::npos);
}

TEST(EventClock, CountsLatePointsThatAreNoRun) {
  Clock c;
  for (int i = 0; i < 200; ++i) {
    c.add(now - hour + i * second);
    c.add(now - 9 * hour + i * second);
  }
  EXPECT_EQ(c.sink.seen.back(), 200);
  EXPECT_EQ(c.skipped(), 200u);
  EXPECT_TRUE(c.sink.set_backs.empty());
}

TEST(EventClock, IsNotSetBackByABatchThatSoonCatchesUp) {
  Clock c;
  for (int batch = 0; batch < 10; ++batch) {
    c.add_line(now - hour + 40 * second * batch, second, 40);  // one sender
    c.add_line(now - hour + 40 * second * batch, second, 40);  // another
  }
  EXPECT_EQ(c.skipped(), 39u * 10);
  EXPECT_TRUE(c.sink.set_backs.empty());
}

/// Many senders in one group: the backlog of one of them has another pace.
TEST(EventClock, IsNotSetBackByTheBacklogOfOneOfMany) {
  Clock c;
  for (int i = 0; i < 1'000; ++i) c.add(now - hour + i / 10 * second);
  c.add_line(now - 10 * hour, second, 100);
  EXPECT_EQ(c.skipped(), 100u);
  EXPECT_TRUE(c.sink.set_backs.empty());
  c.add_line(now - 5 * hour, second, 200);
  EXPECT_EQ(c.sink.set_backs.size(), 1u) << "in the long run it is believed";
}

TEST(EventClock, IsNotSetBackByPointsOfOneTime) {
  Clock c;
  c.add_line(now - hour, second, 100);
  for (int i = 0; i < 1'000; ++i) c.add(now - 2 * hour);
  EXPECT_EQ(c.skipped(), 1'000u);
}

TEST(EventClock, IsSetBackByPointsThatAreNotQuiteInOrder) {
  Clock c;
  c.add_line(now - hour, second, 100);
  for (int i = 0; i < 200; ++i) c.add(now - 9 * hour + (i ^ 1) * second);
  EXPECT_LT(c.skipped(), 150u);
  EXPECT_EQ(c.sink.set_backs.size(), 1u);
}

TEST(EventClock, IsNeverSetBackWithoutALateRun) {
  Clock c(std::vector<option>{{"lateRun", {0}}});
  c.add_line(now - hour, second, 100);
  c.add_line(now - 10 * hour, second, 1'000);
  EXPECT_EQ(c.skipped(), 1'000u);
}

TEST(EventClock, HoldsNothingBackWithoutAMargin) {
  Clock c(std::vector<option>{{"maxAhead", {nanoseconds(0)}}});
  c.add_line(now - hour, second, 100);
  c.add(now + 75 * year);
  EXPECT_EQ(c.sink.seen.size(), 101u);
  c.add_line(now - hour + 100 * second, second, 100);
  EXPECT_EQ(c.sink.seen.size(), 101u + 81u);
}

TEST(EventClock, AsksTheMachineIfNobodyTellsTheTime) {
  const auto start =
      std::chrono::duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  warned sink;
  engine made(make_function<counter>("counter"), {}, sink);
  const field fields[] = {{"x", 1.0}};
  for (const auto time : {start - second, start + year, start}) {
    made.add({.name = "m", .fields = fields, .time = udf::timestamp(nanoseconds(time))});
  }
  EXPECT_EQ(sink.times, (std::vector<std::int64_t>{start - second, start}));
}

TEST(EventClock, LeavesLatePointsToAFunctionThatCanUseThem) {
  PatientClock c;
  c.add_line(now - hour, second, 100);
  c.add(now - hour + 50 * second);
  EXPECT_EQ(c.sink.seen.back(), 101);
  c.add(now - hour);
  EXPECT_EQ(c.skipped(), 1u);
}

TEST(EventClock, TellsAFunctionThatKeepsWhatItHasLearned) {
  PatientClock c;
  c.add_line(now - hour, second, 100);
  c.add_line(now - 10 * hour, second, 100);
  EXPECT_EQ(c.sink.seen[100], 101);
  EXPECT_EQ(c.sink.seen.back(), 181);
}

TEST(EventClock, TakesTheExtremesOfTime) {
  using limits = std::numeric_limits<std::int64_t>;
  const std::int64_t extremes[] = {limits::min(), limits::min() + 1, -1,           0, 1,
                                   now,           limits::max() - 1, limits::max()};
  for (const auto a : extremes) {
    for (const auto b : extremes) {
      Clock c;
      c.add_line(now - 20 * second, second, 10);
      c.add(a);
      c.add(b);
      c.add_line(now - 10 * second, second, 60);
      c.made.finish();
      EXPECT_GE(c.sink.seen.size(), 50u) << a << ' ' << b;
      EXPECT_EQ(c.sink.seen.size() + c.skipped(), 72u) << a << ' ' << b;
    }
  }
}

TEST(EventClock, GoesOnFromASnapshotInTheMiddleOfADoubt) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < 80; ++i) times.push_back(now - hour + i * second);
  times.push_back(now + year);
  for (int i = 80; i < 90; ++i) times.push_back(now - hour + i * second);
  times.push_back(now + year);
  times.push_back(now + year + second);
  for (int i = 90; i < 150; ++i) times.push_back(now - hour + i * second);
  PatientClock whole;
  for (const auto t : times) whole.add(t);
  for (std::size_t cut = 0; cut < times.size(); ++cut) {
    PatientClock first, second_half;
    for (std::size_t i = 0; i < cut; ++i) first.add(times[i]);
    const auto saved = first.made.save();
    second_half.made.load(saved);
    ASSERT_EQ(second_half.made.save(), saved) << cut;
    for (std::size_t i = cut; i < times.size(); ++i) second_half.add(times[i]);
    auto all = first.sink.times;
    all.insert(all.end(), second_half.sink.times.begin(), second_half.sink.times.end());
    ASSERT_EQ(all, whole.sink.times) << cut;
    ASSERT_EQ(first.skipped() + second_half.skipped(), whole.skipped()) << cut;
    ASSERT_EQ(second_half.made.save(), whole.made.save()) << cut;
  }
}

TEST(EventClock, RefusesADamagedSnapshot) {
  Clock c;
  c.add_line(now - hour, second, 3);
  c.add(now + year);
  const auto saved = c.made.save();
  int refused = 0;
  for (std::size_t i = 0; i < saved.size(); ++i) {
    auto damaged = saved;
    damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
    Clock other;
    try {
      other.made.load(damaged);
      other.add_line(now, second, 10);
    } catch (const state_error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

TEST(EventClock, CountsAHeldPointOfAGroupThatMakesRoom) {
  warned sink;
  engine made(make_function<counter>("counter"), {}, sink,
              {.group_by = {.tags = {"host"}}, .limits = {.max_groups = 1}});
  made.advance(udf::timestamp(nanoseconds(now)));
  const field fields[] = {{"x", 1.0}};
  for (const auto* host : {"a", "b"}) {
    const tag tags[] = {{"host", host}};
    made.add({.name = "m",
              .tags = tags,
              .fields = fields,
              .time = udf::timestamp(nanoseconds(now + (*host == 'a' ? year : 0)))});
  }
  EXPECT_EQ(sink.seen.size(), 1u);
  EXPECT_EQ(made.totals().points_skipped, 1u);
}

}  // namespace
}  // namespace kapacitor::udf::clock_test
