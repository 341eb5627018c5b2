#include <gtest/gtest.h>

#include "functions/detection/outliers.hpp"
#include "functions/plumbing/identity.hpp"
#include "functions/statistics/ewma.hpp"
#include "functions/statistics/moving_average.hpp"
#include "property/everything.hpp"
#include "property/sample.hpp"
#include <kapacitor/udf/state.hpp>

// restore(snapshot(x)) goes on exactly as x does.
namespace kapacitor::udf {
namespace {

/// Two of a kind: the second is put to the first's snapshot again and again, and must follow it.
template <class T, class Input>
void expect_continued(const std::vector<option>& options, Input input) {
  const auto f = make_function<T>("f");
  test::runner first(f, options);
  for (int round = 0; round < 60 && !testing::Test::HasFailure(); ++round) {
    first.feed(input());
    test::runner second(f, options);
    const auto snapshot = first.snapshot();
    ASSERT_EQ(second.restore(snapshot), "");
    ASSERT_EQ(second.snapshot(), snapshot);
    const auto more = input();
    const auto expected = first.feed(more);
    ASSERT_EQ(expected.error, "");
    ASSERT_TRUE(test::same(second.feed(more), expected)) << "in round " << round;
    ASSERT_EQ(second.snapshot(), first.snapshot());
  }
}

auto points_of(test::sample& random) {
  return [&random] { return random.points(random.below(400), 12); };
}
auto batches_of(test::sample& random) {
  return [&random] {
    std::vector<test::batch> batches;
    for (auto n = random.below(20); n > 0; --n) batches.push_back(random.a_batch(4));
    return batches;
  };
}

TEST(Snapshot, ContinuesMovingAverage) {
  test::sample random(1);
  for (const int size : {1, 2, 7, 100}) {
    expect_continued<functions::moving_average>({{"field", {"x"}}, {"size", {size}}},
                                                points_of(random));
  }
}

TEST(Snapshot, ContinuesEwma) {
  test::sample random(2);
  expect_continued<functions::ewma>({{"field", {"x"}}, {"keep", {}}}, points_of(random));
}

TEST(Snapshot, ContinuesOutliers) {
  test::sample random(3);
  expect_continued<functions::outliers>({{"field", {"x"}}}, batches_of(random));
}

TEST(Snapshot, ContinuesIdentity) {
  test::sample random(4);
  expect_continued<functions::identity>({}, points_of(random));
  expect_continued<functions::identity_batch>({}, batches_of(random));
}

/// Remembers everything, and says a digest of it.
struct stateful {
  void on_point(const udf::point& p, udf::emitter& out) {
    test::sample next(static_cast<std::uint64_t>(p.time().time_since_epoch().count()) ^ bits());
    kept = test::random_everything(next);
    out.emit(p, {{"digest", static_cast<std::int64_t>(bits())}});
  }
  auto state() { return std::tie(kept); }
  std::uint64_t bits() {
    std::string bytes;
    state_writer writer(bytes);
    writer.write(kept);
    return std::hash<std::string>()(bytes);
  }

  test::everything kept;
};

TEST(Snapshot, ContinuesAFunctionThatRemembersEverySupportedType) {
  test::sample random(5);
  expect_continued<stateful>({}, [&] { return random.points(random.below(100), 8); });
}

TEST(Snapshot, OfManyGroupsKeepsThemApart) {
  test::sample random(6);
  expect_continued<functions::ewma>({{"field", {"x"}}},
                                    [&] { return random.points(500, 100'000); });
}

TEST(State, IsReadBackAsItWas) {
  test::sample random(7);
  test::everything read = test::random_everything(random);
  for (int i = 0; i < 20'000; ++i) {
    auto written = test::random_everything(random);
    std::string bytes;
    state_writer writer(bytes);
    writer.write(written);
    // Into one that holds something else already.
    state_reader reader(bytes);
    reader.read(read);
    ASSERT_TRUE(reader.empty());
    ASSERT_TRUE(read == written);
  }
}

TEST(State, CutOffAnywhereIsAnErrorOrTheSameBytesAgain) {
  test::sample random(8);
  for (int i = 0; i < 200; ++i) {
    auto written = test::random_everything(random);
    std::string bytes;
    state_writer writer(bytes);
    writer.write(written);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      test::everything read;
      state_reader reader(std::string_view(bytes).substr(0, n));
      ASSERT_THROW(reader.read(read), state_error);
    }
  }
}

TEST(State, ThatItsOwnCheckRefusesIsAnError) {
  auto written = test::everything();
  written.inner.least = 2;
  written.inner.most = 1;
  std::string bytes;
  state_writer writer(bytes);
  writer.write(written);
  test::everything read;
  state_reader reader(bytes);
  EXPECT_THROW(reader.read(read), state_error);
}

struct tree {
  std::vector<tree> branches;
  auto state() { return std::tie(branches); }
};

/// The bytes of a tree that is one long branch.
std::string long_branch(std::size_t depth) {
  return std::string(depth - 1, '\1') + std::string(1, '\0');
}

TEST(State, NestedDeeperThanAnyoneNeedsIsAnErrorAndNoStackOverflow) {
  tree read;
  const auto deep = long_branch(1'000'000);
  state_reader endless(deep);
  EXPECT_THROW(endless.read(read), state_error);
  const auto shallow = long_branch(100);
  state_reader reader(shallow);
  EXPECT_NO_THROW(reader.read(read));
}

TEST(State, WithAnImpossibleBoolIsAnErrorAlsoInAnEnum) {
  const std::string bytes(1, '\2');
  bool b = false;
  test::answer a = test::answer::no;
  state_reader first(bytes), second(bytes);
  EXPECT_THROW(first.read(b), state_error);
  EXPECT_THROW(second.read(a), state_error);
}

TEST(State, OfElementsThatAreLargerThanWhatIsLeftAllocatesNothing) {
  using row = std::pair<std::array<double, 100>, test::nested>;
  std::string bytes;
  state_writer writer(bytes);
  writer.count(1000);
  bytes.append(100'000, '\0');
  std::vector<row> read;
  state_reader reader(bytes);
  EXPECT_THROW(reader.read(read), state_error);
  EXPECT_EQ(read.capacity(), 0u);
}

/// A struct with nothing in it takes no bytes.
struct nothing {
  auto state() { return std::tie(); }
  friend bool operator==(const nothing&, const nothing&) { return true; }
};
template <class T>
void expect_round_trip(T written) {
  std::string bytes;
  state_writer writer(bytes);
  writer.write(written);
  T read{};
  state_reader reader(bytes);
  ASSERT_NO_THROW(reader.read(read));
  EXPECT_TRUE(reader.empty());
  EXPECT_TRUE(read == written);
}

TEST(State, MayHoldThingsThatTakeNoBytes) {
  expect_round_trip(nothing());
  expect_round_trip(std::optional<nothing>(nothing()));
  expect_round_trip(std::map<std::string, nothing>{{"a", {}}, {"b", {}}});
  expect_round_trip(std::array<double, 0>());
  expect_round_trip(std::vector<std::array<double, 0>>());
}

}  // namespace
}  // namespace kapacitor::udf
