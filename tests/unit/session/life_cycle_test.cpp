#include <gtest/gtest.h>

#include "support/requests.hpp"
#include "support/session_driver.hpp"
#include "support/streams.hpp"
#include <kapacitor/udf.hpp>
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;

/// Counts; says how many at the end, and how many and when if asked for the time.
struct counting {
  void on_point(const udf::point& p, udf::emitter&) {
    if (p.number("value") == -1.0) throw std::runtime_error("minus one");
    name = p.name();
    host = p.tag("host").value_or("");
    ++points;
  }
  void on_time(timestamp now, udf::emitter& out) { say(now, "by_time", out); }
  void on_finish(udf::emitter& out) { say(timestamp(7ns), "at_end", out); }
  auto state() { return std::tie(name, host, points); }

  void say(timestamp time, std::string_view field, udf::emitter& out) const {
    const tag tags[] = {{"host", host}};
    static constexpr std::string_view by[] = {"host"};
    out.emit(udf::header{.name = name, .dimensions = by, .tags = tags}, time, {{field, points}});
  }

  std::string name, host;
  std::int64_t points = 0;
};

struct counting_batches {
  void on_begin(const batch&, udf::emitter&) {}
  void on_end(const batch_end&, udf::emitter&) { ++batches; }
  void on_time(timestamp now, udf::emitter& out) { say(now, out); }
  void on_finish(udf::emitter& out) { say(timestamp(7ns), out); }
  void say(timestamp time, udf::emitter& out) const {
    out.emit(udf::header{.name = "n"}, time, {{"batches", batches}});
  }
  static constexpr auto provides = edge::stream;

  std::int64_t batches = 0;
};

struct told {
  std::int64_t time;
  std::string host, field;
  std::int64_t value;
  friend bool operator==(const told&, const told&) = default;
};
std::ostream& operator<<(std::ostream& out, const told& t) {
  return out << t.time << ' ' << t.host << ' ' << t.field << '=' << t.value;
}

class LifeCycle : public testing::Test {
 protected:
  static constexpr test::stream_shape two_groups{.groups = 2};

  explicit LifeCycle(function f = make_function<counting>("counting")) : driver(std::move(f)) {
    driver.feed(test::frame_of(test::init_request({})));
    driver.responses();
  }
  std::vector<told> heard() {
    std::vector<told> result;
    for (const auto& r : driver.responses()) {
      if (!r.has_point()) continue;
      const auto& p = r.point();
      for (const auto& [field, x] : p.fieldsint()) {
        const auto host = p.tags().find("host");
        result.push_back({p.time(), host == p.tags().end() ? "" : host->second, field, x});
      }
    }
    return result;
  }
  void advance(std::chrono::nanoseconds now) { driver.advance(timestamp(now)); }
  std::string points(std::size_t n) { return test::encoded_stream(two_groups, n); }

  test::session_driver driver;
};
class LifeCycleOfBatches : public LifeCycle {
 protected:
  LifeCycleOfBatches() : LifeCycle(make_function<counting_batches>("counting")) {}
};

TEST_F(LifeCycle, EndsWithAWordOfEachGroupInTheOrderTheyCame) {
  driver.feed(points(5));
  EXPECT_TRUE(heard().empty());
  driver.finish();
  const auto last = heard();
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0].field, "at_end");
  EXPECT_EQ(last[0].value, 3);
  EXPECT_EQ(last[1].value, 2);
  EXPECT_LT(last[0].host, last[1].host);
  EXPECT_TRUE(driver.session().closing());
  EXPECT_FALSE(driver.session().failed());
}

TEST_F(LifeCycle, TellsTheFunctionOnceThatTheInputHasEnded) {
  driver.feed(points(2));
  driver.finish();
  driver.finish();
  EXPECT_EQ(heard().size(), 2u);
}

TEST_F(LifeCycle, HasNoEndIfTheInputBreaksOffInAMessage) {
  const auto bytes = points(2);
  driver.feed(std::string_view(bytes).substr(0, bytes.size() - 1));
  driver.finish();
  EXPECT_TRUE(heard().empty());
  EXPECT_TRUE(driver.session().closing());
}

TEST_F(LifeCycle, HasNoEndAfterAnError) {
  driver.feed(points(2));
  ::agent::Request bad;
  bad.mutable_point()->set_group("host=x");
  (*bad.mutable_point()->mutable_fieldsdouble())["value"] = -1;
  driver.feed(bad);
  driver.finish();
  EXPECT_TRUE(heard().empty());
  EXPECT_TRUE(driver.session().failed());
}

TEST_F(LifeCycle, TellsEachGroupTheTimeAlsoWhileNothingComes) {
  EXPECT_TRUE(driver.session().wants_time());
  driver.feed(points(3));
  advance(100ns);
  advance(200ns);
  const auto all = heard();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].time, 100);
  EXPECT_EQ(all[0].value, 2);
  EXPECT_EQ(all[1].time, 100);
  EXPECT_EQ(all[1].value, 1);
  EXPECT_EQ(all[2].time, 200);
}

TEST_F(LifeCycle, GoesOnFromASnapshotInTheSameOrderOfGroups) {
  driver.feed(points(5));
  driver.feed(test::frame_of(test::snapshot_request()));
  const auto snapshot = driver.responses().at(0).snapshot().snapshot();
  test::session_driver other(make_function<counting>("counting"));
  other.feed(test::frame_of(test::init_request({})));
  other.feed(test::frame_of(test::restore_request(snapshot)));
  std::swap(other.bytes(), driver.bytes());
  driver.bytes().clear();
  other.bytes().clear();
  driver.finish();
  other.finish();
  EXPECT_FALSE(driver.bytes().empty());
  EXPECT_EQ(other.bytes(), driver.bytes());
}

TEST_F(LifeCycle, SaysNoMoreAtOnceThanThereIsRoomFor) {
  driver.feed(test::encoded_stream({.groups = 40'000}, 40'000));
  driver.session().finish();
  std::size_t most = 0, all = 0;
  for (bool more = true; more;) {
    more = driver.session().process();
    most = std::max(most, driver.session().output().size());
    all += driver.session().output().size();
    driver.session().consume_output(driver.session().output().size());
  }
  EXPECT_TRUE(driver.session().closing());
  EXPECT_EQ(driver.session().totals().points_out, 40'000u);
  EXPECT_GT(all, most);
  EXPECT_LT(most, (std::size_t{1} << 20) + 1'000);
}

TEST_F(LifeCycleOfBatches, LearnsTheTimeBetweenBatches) {
  const auto bytes = test::encoded_batches({.groups = 1}, 1, 10);
  driver.feed(std::string_view(bytes).substr(0, bytes.size() - 1));
  advance(100ns);
  EXPECT_TRUE(heard().empty());
  driver.feed(std::string_view(bytes).substr(bytes.size() - 1));
  EXPECT_EQ(heard(), (std::vector<told>{{100, "", "batches", 1}}));
  driver.finish();
  EXPECT_EQ(heard(), (std::vector<told>{{7, "", "batches", 1}}));
}

TEST_F(LifeCycleOfBatches, HasNoEndIfTheInputBreaksOffInABatch) {
  const auto bytes = test::encoded_batches({.groups = 1}, 1, 10);
  const auto begin = wire::first_frame(bytes, wire::default_max_message)->size;
  driver.feed(std::string_view(bytes).substr(0, begin));
  driver.finish();
  EXPECT_TRUE(heard().empty());
  EXPECT_TRUE(driver.session().closing());
}

TEST(LifeCycleInTests, IsDrivenByTheRunner) {
  test::runner r(make_function<counting>("counting"), {});
  r.feed(std::vector<test::point>{{.tags = {{"host", "a"}}, .fields = {{"value", 1}}}});
  const auto by_time = r.advance(17);
  ASSERT_EQ(by_time.points.size(), 1u);
  EXPECT_EQ(by_time.points[0].time, 17);
  EXPECT_EQ(by_time.points[0].number("by_time"), 1.0);
  const auto last = r.finish();
  ASSERT_EQ(last.points.size(), 1u);
  EXPECT_EQ(last.points[0].number("at_end"), 1.0);
}

TEST(LifeCycleOfNone, IsNotAskedFor) {
  struct silent {
    void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
  };
  test::session_driver driver(make_function<silent>("silent"));
  EXPECT_FALSE(driver.session().wants_time());
  driver.feed(test::frame_of(test::init_request({})));
  EXPECT_FALSE(driver.session().wants_time());
  driver.session().advance(timestamp(1ns));
  driver.finish();
  EXPECT_TRUE(driver.session().closing());
}

}  // namespace
}  // namespace kapacitor::udf
