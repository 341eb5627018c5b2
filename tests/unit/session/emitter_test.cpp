#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf {
namespace {

/// A function made of a lambda, for one point in a stream.
std::function<void(const point&, emitter&)> on_point;
struct by_lambda {
  void on_point(const udf::point& p, udf::emitter& out) { udf::on_point(p, out); }
};

test::output after_one_point(std::function<void(const point&, emitter&)> f) {
  on_point = std::move(f);
  return test::run<by_lambda>({}, {{.name = "cpu",
                                    .database = "telegraf",
                                    .retention_policy = "week",
                                    .tags = {{"host", "a"}, {"site", "n"}},
                                    .fields = {{"x", 1.5}, {"n", 3}, {"s", "text"}, {"b", true}},
                                    .time = 17,
                                    .group_by = std::vector<std::string>{"host"},
                                    .by_name = true}});
}

TEST(Emitter, EmitsATimeNameGroupAndTagsLikeTheReceivedPoint) {
  const auto out = after_one_point([](const point& p, emitter& e) { e.emit(p, {{"y", 2.0}}); });
  ASSERT_EQ(out.points.size(), 1u);
  const auto& p = out.points[0];
  EXPECT_EQ(p.name, "cpu");
  EXPECT_EQ(p.database, "telegraf");
  EXPECT_EQ(p.retention_policy, "week");
  EXPECT_EQ(p.time, 17);
  EXPECT_TRUE(p.by_name);
  EXPECT_EQ(p.group_by, (std::vector<std::string>{"host"}));
  EXPECT_EQ(p.tags.size(), 2u);
  ASSERT_EQ(p.fields.size(), 1u);
  EXPECT_EQ(p.number("y"), 2.0);
}

TEST(Emitter, KeepsTheTypesOfFields) {
  const auto out = after_one_point([](const point& p, emitter& e) {
    const std::string text = "t";
    e.emit(p, {{"d", 2.0},
               {"i", 2},
               {"t", text},
               {"b", false},
               {"big", std::numeric_limits<std::int64_t>::min()}});
  });
  const auto& p = out.points.at(0);
  EXPECT_TRUE(std::holds_alternative<double>(*p.find("d")));
  EXPECT_TRUE(std::holds_alternative<std::int64_t>(*p.find("i")));
  EXPECT_EQ(std::get<std::string>(*p.find("t")), "t");
  EXPECT_EQ(std::get<bool>(*p.find("b")), false);
  EXPECT_EQ(std::get<std::int64_t>(*p.find("big")), std::numeric_limits<std::int64_t>::min());
}

TEST(Emitter, CanChangeTheTime) {
  const auto out = after_one_point([](const point& p, emitter& e) {
    e.emit(p, p.time() + std::chrono::seconds(1), {{"y", 1}});
  });
  EXPECT_EQ(out.points.at(0).time, 1'000'000'017);
  EXPECT_EQ(out.points.at(0).name, "cpu");
}

TEST(Emitter, ExtendsAPointByFields) {
  const auto out = after_one_point([](const point& p, emitter& e) { e.extend(p, {{"y", 2.0}}); });
  const auto& p = out.points.at(0);
  EXPECT_EQ(p.fields.size(), 5u);
  EXPECT_EQ(p.number("x"), 1.5);
  EXPECT_EQ(p.number("n"), 3.0);
  EXPECT_EQ(p.number("y"), 2.0);
}

TEST(Emitter, ExtendingReplacesAFieldOfTheSameNameWhateverItsType) {
  const auto out = after_one_point([](const point& p, emitter& e) {
    e.extend(p, {{"b", 2.0}, {"x", "gone"}});
  });
  const auto& p = out.points.at(0);
  EXPECT_EQ(p.fields.size(), 4u);
  EXPECT_EQ(p.number("b"), 2.0);
  EXPECT_EQ(std::get<std::string>(*p.find("x")), "gone");
}

TEST(Emitter, TakesAHeaderOfOnesOwn) {
  const auto out = after_one_point([](const point&, emitter& e) {
    const std::string_view dimensions[] = {"z", "a"};
    const tag tags[] = {{"z", "1"}, {"a", "2"}};
    e.emit({.name = "new", .dimensions = dimensions, .tags = tags},
           timestamp(std::chrono::nanoseconds(-5)), {{"y", 1}});
  });
  const auto& p = out.points.at(0);
  EXPECT_EQ(p.name, "new");
  EXPECT_EQ(p.time, -5);
  EXPECT_EQ(p.group_by, (std::vector<std::string>{"z", "a"}));
  EXPECT_EQ(p.tags.size(), 2u);
}

TEST(Emitter, LeavesOutFieldsThatAreNanOrInfinite) {
  const auto out = after_one_point([](const point& p, emitter& e) {
    e.emit(p,
           {{"nan", std::nan("")}, {"y", 1.0}, {"inf", -std::numeric_limits<double>::infinity()}});
  });
  ASSERT_EQ(out.points.at(0).fields.size(), 1u);
  EXPECT_EQ(out.points[0].number("y"), 1.0);
}

TEST(Emitter, EmitsNoPointWithoutFields) {
  const auto out = after_one_point([](const point& p, emitter& e) {
    e.emit(p, {});
    e.emit(p, {{"nan", std::nan("")}});
  });
  EXPECT_TRUE(out.points.empty());
  EXPECT_EQ(out.error, "");
}

TEST(Emitter, MayEmitManyPointsForOneOrNone) {
  const auto out = after_one_point([](const point& p, emitter& e) {
    for (int i = 0; i < 100'000; ++i) e.emit(p, {{"i", i}});
  });
  ASSERT_EQ(out.points.size(), 100'000u);
  EXPECT_EQ(out.points.back().number("i"), 99'999.0);
  EXPECT_TRUE(after_one_point([](const point&, emitter&) {}).points.empty());
}

TEST(Emitter, RefusesABatchOfAFunctionThatProvidesAStream) {
  const auto out = after_one_point([](const point& p, emitter& e) { e.open_batch(p); });
  EXPECT_NE(
      out.error.find("f[cpu\nhost=a]: opened a batch, but the function provides single points"),
      std::string::npos)
      << out.error;
}

struct batches_of_two {
  static constexpr auto provides = edge::batch;

  void on_point(const udf::point& p, udf::emitter& out) {
    if (p.number("wrong")) return out.emit(p, {{"x", 1}});
    if (p.number("drop")) {
      auto dropped = out.open_batch(p);
      dropped.forward(p);
      return;
    }
    auto b = out.open_batch(p);
    b.emit(p, {{"y", 1.0}});
    b.emit(p.time() + std::chrono::nanoseconds(1), {}, {{"y", 2.0}});
    b.close(p.time() + std::chrono::nanoseconds(2));
    if (p.number("late")) b.forward(p);
  }
};

const test::point one{.tags = {{"host", "a"}, {"site", "n"}},
                      .fields = {{"x", 1}},
                      .time = 5,
                      .group_by = std::vector<std::string>{"site", "gone"}};

TEST(BatchWriter, MakesABatchOfTheGroupOfAPoint) {
  const auto out = test::run<batches_of_two>({}, std::vector{one});
  ASSERT_EQ(out.batches.size(), 1u);
  const auto& b = out.batches[0];
  EXPECT_EQ(b.name, "m");
  auto tags = b.tags;
  std::sort(tags.begin(), tags.end());
  EXPECT_EQ(tags, (std::vector<std::pair<std::string, std::string>>{{"gone", ""}, {"site", "n"}}));
  EXPECT_EQ(b.tmax, 7);
  ASSERT_EQ(b.points.size(), 2u);
  EXPECT_EQ(b.points[0].tags.size(), 2u);
  EXPECT_EQ(b.points[1].time, 6);
  EXPECT_EQ(b.points[1].tags.size(), 2u);  // the group's
}

TEST(BatchWriter, DropsABatchThatIsNotClosed) {
  auto p = one;
  p.fields = {{"drop", 1}};
  const auto out = test::run<batches_of_two>({}, std::vector{p, one});
  EXPECT_EQ(out.batches.size(), 1u);
  EXPECT_EQ(out.error, "");
}

TEST(BatchWriter, RefusesPointsAfterItsEnd) {
  auto p = one;
  p.fields = {{"late", 1}};
  EXPECT_NE(test::run<batches_of_two>({}, std::vector{p}).error.find("a batch that is closed"),
            std::string::npos);
}

TEST(BatchWriter, IsTheOnlyWayOutOfAFunctionThatProvidesBatches) {
  auto p = one;
  p.fields = {{"wrong", 1}};
  const auto out = test::run<batches_of_two>({}, std::vector{p});
  EXPECT_NE(out.error.find("emitted a single point, but the function provides batches"),
            std::string::npos);
  EXPECT_TRUE(out.points.empty());
}

struct last_of_batch {
  static constexpr auto provides = edge::stream;

  void on_point(const udf::point& p, udf::emitter& out) {
    out.emit(p, {{"y", p.number("x").value_or(0)}});
  }
  void on_end(const udf::batch_end&, udf::emitter&) {}
};

TEST(Emitter, FillsInWhatAPointOfABatchLacksWhenItEmitsAStream) {
  const auto out = test::run<last_of_batch>(
      {},
      std::vector<test::batch>{{.name = "cpu",
                                .tags = {{"site", "n"}, {"host", "a"}},
                                .points = {{.tags = {{"site", "n"}, {"host", "a"}, {"core", "1"}},
                                            .fields = {{"x", 4}},
                                            .time = 9}},
                                .tmax = 10,
                                .by_name = true}});
  ASSERT_EQ(out.points.size(), 1u);
  const auto& p = out.points[0];
  EXPECT_EQ(p.name, "cpu");
  EXPECT_TRUE(p.by_name);
  EXPECT_EQ(p.group_by, (std::vector<std::string>{"host", "site"}));
  EXPECT_EQ(p.tags.size(), 3u);
  EXPECT_EQ(p.number("y"), 4.0);
}

}  // namespace
}  // namespace kapacitor::udf
