#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/engine_input.hpp"
#include <kapacitor/udf/engine.hpp>

namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;

/// Sums per group; throws at 13, warns of 7, skips what is no number.
struct group_sum {
  void on_point(const udf::point& p, udf::emitter& out) {
    const auto x = p.number("x");
    if (!x) return out.skip();
    if (*x == 13) throw std::runtime_error("unlucky");
    if (*x == 7) out.warn("seven");
    total += *x;
    out.emit(p, {{"total", total}});
  }
  void on_time(timestamp now, udf::emitter& out) {
    out.emit(udf::header{.name = "t"}, now, {{"total", total}});
  }
  void on_finish(udf::emitter& out) {
    out.emit(udf::header{.name = "f"}, timestamp(), {{"total", total}});
  }
  auto state() { return std::tie(total); }

  double total = 0;
};

struct mean_of_batches {
  void on_begin(const batch&) { *this = {}; }
  void on_point(const udf::point& p, udf::emitter&) {
    sum += p.number("x").value_or(0);
    ++n;
  }
  void on_end(const batch_end& end, udf::emitter& out) { out.emit(end, {{"mean", sum / n}}); }
  static constexpr auto provides = edge::stream;

  double sum = 0, n = 0;
};

struct doubling_batches {
  void on_begin(const batch& b, udf::emitter& out) { to.emplace(out.open_batch(b)); }
  void on_point(const udf::point& p, udf::emitter&) {
    to->extend(p, {{"twice", 2 * p.number("x").value_or(0)}});
  }
  void on_end(const batch_end& end, udf::emitter&) { to->close(end.tmax()); }

  std::optional<batch_writer> to;
};

class Engine : public testing::Test {
 protected:
  engine make(function f, engine_settings s = {}) {
    s.group_by.tags = {"host"};
    return {std::move(f), {}, sink, std::move(s)};
  }
  engine make_summing(engine_settings s = {}) {
    return make(make_function<group_sum>("sum"), std::move(s));
  }
  static void add(engine& e, std::string_view host, value x, std::int64_t time = 1) {
    const tag tags[] = {{"host", host}};
    const field fields[] = {{"x", x}};
    e.add({.name = "m",
           .tags = tags,
           .fields = fields,
           .time = timestamp(std::chrono::nanoseconds(time))});
  }
  const std::vector<std::string>& said() const { return sink.said.lines(); }

  test::describing_sink sink;
};

TEST_F(Engine, KeepsTheGroupsApart) {
  auto e = make_summing();
  add(e, "a", 1.0);
  add(e, "b", 10.0, 2);
  add(e, "a", 2.0, 3);
  EXPECT_EQ(said(), (std::vector<std::string>{"m   by host host=a | total=1 of type 0 @1",
                                              "m   by host host=b | total=10 of type 0 @2",
                                              "m   by host host=a | total=3 of type 0 @3"}));
  EXPECT_EQ(e.totals().points_in, 3u);
  EXPECT_EQ(e.totals().points_out, 3u);
  EXPECT_EQ(e.totals().groups, 2u);
}

TEST_F(Engine, HandsResultsToACallable) {
  std::vector<double> got;
  engine e(make_function<group_sum>("sum"), {},
           [&](const result& r) { got.push_back(*r.number("total")); });
  add(e, "a", 1.0);
  add(e, "b", 2.0);  // the same group: nothing groups them
  EXPECT_EQ(got, (std::vector<double>{1, 3}));
}

TEST_F(Engine, NamesGroupsAsKapacitorDoes) {
  std::vector<std::string> groups;
  engine_settings s;
  s.group_by.all_tags = s.group_by.measurement = true;
  engine e(
      make_function<group_sum>("sum"), {}, [&](const result& r) { groups.emplace_back(r.group); },
      s);
  const tag tags[] = {{"site", "x"}, {"host", "a"}};
  const field fields[] = {{"x", 1}};
  e.add({.name = "m", .tags = tags, .fields = fields});
  e.add({.name = "m", .fields = fields});
  EXPECT_EQ(groups, (std::vector<std::string>{"m\nhost=a,site=x", "m"}));
}

TEST_F(Engine, TellsTheTimeAndTheEnd) {
  auto e = make_summing();
  add(e, "a", 1.0);
  add(e, "b", 2.0);
  e.advance(timestamp(9ns));
  e.finish();
  EXPECT_EQ(
      std::vector(said().begin() + 2, said().end()),
      (std::vector<std::string>{"t   by | total=1 of type 0 @9", "t   by | total=2 of type 0 @9",
                                "f   by | total=1 of type 0 @0", "f   by | total=2 of type 0 @0"}));
  EXPECT_THROW(add(e, "a", 1.0), std::logic_error);
}

TEST_F(Engine, StopsAtAnErrorAndSaysWhere) {
  auto e = make_summing();
  add(e, "a", 1.0);
  try {
    add(e, "a", 13.0, 5);
    FAIL() << "no error";
  } catch (const function_error& error) {
    EXPECT_STREQ(error.what(), "sum[host=a]: unlucky (point of m at 5 ns)");
    EXPECT_EQ(error.function(), "sum");
    EXPECT_EQ(error.group(), "host=a");
  }
  EXPECT_THROW(add(e, "a", 1.0), function_error);
  EXPECT_EQ(e.totals().errors, 1u);
}

TEST_F(Engine, GoesOnAfterAnErrorIfItIsToldTo) {
  auto e = make_summing({.on_error = error_policy::skip});
  add(e, "a", 1.0);
  add(e, "a", 13.0, 5);
  add(e, "a", 2.0);
  EXPECT_EQ(said().back(), "m   by host host=a | total=3 of type 0 @1");
  EXPECT_EQ(sink.errors, (std::vector<std::string>{"sum[host=a]: unlucky (point of m at 5 ns)"}));
  EXPECT_EQ(e.totals().errors, 1u);
}

TEST_F(Engine, LetsThroughWhatTheSinkThrows) {
  engine e(make_function<group_sum>("sum"), {},
           [](const result&) { throw std::out_of_range("full"); },
           {.on_error = error_policy::skip});
  EXPECT_THROW(add(e, "a", 1.0), std::out_of_range);
  EXPECT_THROW(add(e, "a", 1.0), std::out_of_range);
  EXPECT_EQ(e.totals().errors, 0u);
}

TEST_F(Engine, CountsWhatIsSkippedAndHandsOverWarnings) {
  auto e = make_summing();
  add(e, "a", "text");
  add(e, "a", 7.0);
  EXPECT_EQ(e.totals().points_skipped, 1u);
  ASSERT_EQ(sink.warnings.size(), 2u);
  EXPECT_EQ(sink.warnings[0].rfind("point skipped: reason=unspecified group=\"host=a\"", 0), 0u);
  EXPECT_EQ(sink.warnings[1], "seven");
}

TEST_F(Engine, WarnsOfWhatItLeavesOut) {
  struct nan_beside_one {
    void on_point(const udf::point& p, udf::emitter& out) {
      out.emit(p, {{"y", std::nan("")}, {"z", 1}});
      out.emit(p, {{"y", std::nan("")}});
    }
  };
  auto e = make(make_function<nan_beside_one>("nan_beside_one"), {.limits = {.max_groups = 2}});
  for (const char* host : {"a", "b", "c"}) add(e, host, 1);
  EXPECT_THAT(sink.warnings,
              testing::IsSupersetOf({std::string("fields left out: NaN or infinite"),
                                     std::string("points not emitted: no fields"),
                                     std::string("groups forgotten: more than --max-groups")}));
}

TEST_F(Engine, SavesItsStateWithACookie) {
  auto e = make_summing();
  add(e, "a", 1.0);
  const auto saved = e.save("offset 17");
  auto other = make_summing();
  EXPECT_EQ(other.load(saved), "offset 17");
  add(other, "a", 2.0);
  EXPECT_EQ(said().back(), "m   by host host=a | total=3 of type 0 @1");
  EXPECT_EQ(e.load(e.save()), "");
}

TEST_F(Engine, SavesACookieWithoutState) {
  const auto f = make_function<mean_of_batches>("mean");
  auto e = make(f);
  EXPECT_EQ(e.save(), "");
  EXPECT_EQ(make(f).load(e.save("x")), "x");
}

TEST_F(Engine, IsAsItWasAfterASnapshotThatIsUnusable) {
  auto e = make_summing();
  add(e, "a", 1.0);
  EXPECT_THROW(e.load("no snapshot"), state_error);
  add(e, "a", 2.0);
  EXPECT_EQ(said().back(), "m   by host host=a | total=3 of type 0 @1");
}

TEST_F(Engine, SaysAllThatIsWrongWithTheOptions) {
  EXPECT_THROW(engine(make_function<group_sum>("sum"), {{"size", {1}}}, sink), option_error);
}

TEST_F(Engine, TakesBatches) {
  auto e = make(make_function<mean_of_batches>("mean"));
  const tag tags[] = {{"host", "a"}};
  e.begin_batch({.name = "m", .tags = tags});
  add(e, "a", 1.0);
  add(e, "a", 3.0);
  e.end_batch(timestamp(10ns));
  EXPECT_EQ(said(), std::vector<std::string>{"m   by host host=a | mean=2 of type 0 @10"});
  EXPECT_EQ(e.totals().batches_in, 1u);
}

TEST_F(Engine, HandsOverWholeBatches) {
  auto e = make(make_function<doubling_batches>("double"));
  const tag tags[] = {{"host", "a"}};
  e.begin_batch({.name = "m", .tags = tags});
  add(e, "a", 1.0, 4);
  EXPECT_TRUE(said().empty());
  e.end_batch(timestamp(10ns));
  EXPECT_EQ(said(), (std::vector<std::string>{"- host=a | twice=2 of type 0 | x=1 of type 0 @4",
                                              "end of m host=a @10"}));
  EXPECT_EQ(e.totals().batches_out, 1u);
}

TEST_F(Engine, RefusesWhatDoesNotFit) {
  auto stream = make_summing();
  EXPECT_THROW(stream.begin_batch({.name = "m"}), std::logic_error);
  EXPECT_THROW(stream.end_batch(timestamp()), std::logic_error);
  auto batches = make(make_function<mean_of_batches>("mean"));
  EXPECT_THROW(add(batches, "a", 1.0), std::logic_error);
  batches.begin_batch({.name = "m"});
  EXPECT_THROW(batches.begin_batch({.name = "m"}), std::logic_error);
  EXPECT_THROW(batches.save(), std::logic_error);
  EXPECT_THROW(batches.finish(), std::logic_error);
}

}  // namespace
}  // namespace kapacitor::udf
