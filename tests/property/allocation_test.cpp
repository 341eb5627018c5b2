#include <limits>
#include <memory>

#include <gtest/gtest.h>

#include "functions/detection/outliers.hpp"
#include "functions/plumbing/identity.hpp"
#include "functions/statistics/ewma.hpp"
#include "functions/statistics/moving_average.hpp"
#include "property/counting_new.hpp"
#include "support/engine_input.hpp"
#include "support/played.hpp"
#include "support/ready_made.hpp"
#include "support/streams.hpp"

// Once it has seen its groups, the agent allocates nothing for a point.
namespace kapacitor::udf {
namespace {

/// A session, and what feeding it once more costs.
class played : public test::played {
 public:
  using test::played::played;

  std::size_t allocations_of(std::string_view bytes) {
    const auto before = test::allocations();
    feed(bytes);
    EXPECT_FALSE(failed());
    return test::allocations() - before;
  }
};

template <class T>
void expect_none(const std::vector<option>& options, const test::stream_shape& shape = {}) {
  played p(make_function<T>("f"), options);
  const auto stream = test::encoded_stream(shape, 20'000);
  p.feed(stream);
  EXPECT_EQ(p.allocations_of(stream), 0u);
  EXPECT_EQ(p.totals().points_out, 40'000u);
}

/// A function of a lambda.
template <class F>
void expect_none_of(F) {
  struct calling {
    void on_point(const udf::point& p, udf::emitter& out) { F{}(p, out); }
  };
  expect_none<calling>({});
}

std::string batch_of(std::size_t points) {
  return test::encoded_batches({.groups = 1, .tags = 1}, 1, points);
}

/// A batch may cost something, its points may not: at most the buffer grows, by doubling.
template <class T>
void expect_none_for_points_of_batches(const std::vector<option>& options) {
  played p(make_function<T>("f"), options);
  const auto small = batch_of(1'000), large = batch_of(16'000);
  p.feed(large + small);
  const auto for_small = p.allocations_of(small);
  EXPECT_LT(for_small, 50u);
  EXPECT_LE(p.allocations_of(large), for_small + 8);
  EXPECT_EQ(p.totals().batches_in, 4u);
}

const std::vector<option> on_value = {{"field", {"value"}}};

TEST(Allocations, AreNoneInEwma) {
  expect_none<functions::ewma>(on_value);
}

TEST(Allocations, AreNoneInMovingAverage) {
  expect_none<functions::moving_average>({{"field", {"value"}}, {"size", {10}}});
}

TEST(Allocations, AreNoneInIdentity) {
  expect_none<functions::identity>({});
  expect_none<functions::identity>({}, {.groups = 100, .tags = 10, .fields = 10});
}

/// Answers may be fewer than points, and some functions need a while until all memory has grown.
/// A warning allocates; they come at the 1st, 2nd, 4th ... time, so 10,000 points bring one or two.
TEST(Allocations, AreNoneInAnyReadyMadeFunctionOfPoints) {
  for (const auto& s : test::ready_made_settings()) {
    const auto f = test::ready_made(s.function);
    if (s.allocates || f.wants == edge::batch) continue;
    played p(f, s.options);
    test::stream_source source({});
    wire::output_buffer first, second;
    for (std::size_t i = 0; i < 40'000; ++i) source.append_point(i < 30'000 ? first : second, i);
    p.feed(first.view());
    EXPECT_LT(p.allocations_of(second.view()), 30u) << s.name();
  }
}

/// What feeding an engine once more costs; reading the stream costs something, but not per point.
std::size_t allocations_of(engine& e, std::string_view stream) {
  const auto before = test::allocations();
  test::feed(e, stream);
  return test::allocations() - before;
}

TEST(Allocations, AreNoneInAnEngine) {
  const test::stream_shape shapes[] = {{}, {.groups = 100, .tags = 10, .fields = 10}};
  for (const auto& shape : shapes) {
    std::size_t results = 0;
    engine e(
        make_function<functions::moving_average>("f"),
        {{"field", {"value"}}, {"size", {10}}, {"keep", {}}}, [&](const result&) { ++results; },
        test::grouped_by_host());
    const auto few = test::encoded_stream(shape, 1'000), many = test::encoded_stream(shape, 20'000);
    test::feed(e, many);
    EXPECT_EQ(allocations_of(e, few), allocations_of(e, many));
    EXPECT_EQ(results, 41'000u);
  }
}

TEST(Allocations, AreNoneForThePointsOfAnEnginesBatches) {
  engine e(
      make_function<functions::outliers>("f"), on_value, [](const result&) {},
      test::grouped_by_host());
  const auto few = batch_of(1'000), many = batch_of(16'000);
  test::feed(e, many);
  EXPECT_LE(allocations_of(e, many), allocations_of(e, few) + 8);
}

TEST(Allocations, AreNoneWhereThePointIsKept) {
  expect_none<functions::ewma>({{"field", {"value"}}, {"keep", {}}});
  expect_none<functions::moving_average>({{"field", {"value"}}, {"size", {10}}, {"keep", {}}});
}

TEST(Allocations, AreNoneWhereAKeptFieldIsReplaced) {
  expect_none<functions::ewma>({{"field", {"value"}}, {"as", {"value"}}, {"keep", {}}});
}

TEST(Allocations, AreNoneWhereAFieldIsLeftOut) {
  expect_none_of([](const point& p, emitter& out) {
    out.emit(p, {{"x", std::numeric_limits<double>::quiet_NaN()}, {"y", 1}});
  });
}

TEST(Allocations, AreNoneForPointsOfTheFunctionsOwn) {
  expect_none_of([](const point& p, emitter& out) {
    out.emit({.name = "m", .dimensions = p.dimensions(), .tags = p.tags()}, p.time(), {{"y", 1}});
  });
}

TEST(Allocations, AreNoneForThePointsOfBatches) {
  expect_none_for_points_of_batches<functions::identity_batch>({});
  expect_none_for_points_of_batches<functions::outliers>(on_value);
}

struct rewriting {
  void on_begin(const udf::batch& b, udf::emitter& out) { open.emplace(out.open_batch(b)); }
  void on_point(const udf::point& p, udf::emitter&) {
    open->extend(p, {{"value", 1}});
    open->emit(p.time(), {}, {{"y", 1}});
  }
  void on_end(const udf::batch_end& e, udf::emitter&) {
    open->close(e.tmax());
    open.reset();
  }

  std::optional<udf::batch_writer> open;
};

TEST(Allocations, AreNoneForPointsPutIntoABatch) {
  expect_none_for_points_of_batches<rewriting>({});
}

struct summing {
  static constexpr auto provides = udf::edge::stream;
  void on_begin(const udf::batch&) { sum = 0; }
  void on_point(const udf::point& p, udf::emitter&) { sum += p.number("value").value_or(0); }
  void on_end(const udf::batch_end& e, udf::emitter& out) { out.emit(e, {{"sum", sum}}); }
  double sum = 0;
};

TEST(Allocations, AreNoneForABatchThatBecomesAPoint) {
  played p(make_function<summing>("f"), {});
  const auto bytes = batch_of(100);
  p.feed(bytes + bytes);
  EXPECT_EQ(p.allocations_of(bytes), 0u);
}

TEST(Allocations, AreCounted) {
  played p(make_function<functions::identity>("f"), {});
  const auto before = test::allocations();
  const auto text = std::make_unique<std::string>(1000, 'x');
  EXPECT_EQ(test::allocations() - before, 2u);
}

}  // namespace
}  // namespace kapacitor::udf
