#include <cmath>

#include <gtest/gtest.h>

#include "property/sample.hpp"
#include "session/snapshot.hpp"
#include "support/ready_made.hpp"

// Snapshots that nobody wrote: refused, or taken and survived.
namespace kapacitor::udf::aggregation_forgery_test {
namespace {

/// A task whose state is whatever bytes there are.
class forged final : public task {
 public:
  forged(std::string fingerprint, std::string state)
      : fingerprint_(std::move(fingerprint)), state_(std::move(state)) {}

  void on_begin(const batch&, emitter&) override {}
  void on_point(const point&, emitter&) override {}
  void on_end(const batch_end&, emitter&) override {}
  std::size_t groups() const override { return 0; }
  std::uint64_t evicted_groups() const override { return 0; }
  void save(std::string& out) override { out += state_; }
  void load(std::string_view, std::uint32_t) override {}
  std::string fingerprint() const override { return fingerprint_; }

 private:
  std::string fingerprint_, state_;
};

std::vector<test::point> points(test::sample& random, std::size_t n, std::int64_t from) {
  std::vector<test::point> result;
  for (std::size_t i = 0; i < n; ++i) {
    result.push_back({.tags = {{"host", "h"}},
                      .fields = {{"value", 10 * random.part()}, {"value1", random.part()}},
                      .time = from + static_cast<std::int64_t>(i) * 250'000'000 -
                              (random.one_in(10) ? 3'000'000'000 : 0)});
  }
  return result;
}

TEST(Aggregation, SurvivesForgedSnapshots) {
  test::sample random(1);
  constexpr std::int64_t start = 1'600'000'000'000'000'000;
  std::size_t refused = 0, taken = 0;
  for (const auto& s : test::aggregation_settings()) {
    SCOPED_TRACE(s.name());
    const auto f = test::ready_made(s.function);
    test::runner real(f, s.options);
    real.feed(points(random, 100, start));
    const auto t = f.make_task(s.options, {});
    agent::unpack_snapshot(f, *t, real.snapshot());
    std::string state;
    t->save(state);
    for (int i = 0; i < 500; ++i) {
      auto changed = state;
      for (auto n = 1 + random.below(3); n > 0; --n) {
        auto& byte = changed[random.below(changed.size())];
        byte = static_cast<char>(random.one_in(3) ? 0xff : random.bits());
      }
      forged task(t->fingerprint(), std::move(changed));
      test::runner r(f, s.options);
      const bool refuses = !r.restore(agent::pack_snapshot(f, task)).empty();
      ++(refuses ? refused : taken);
      const auto out = r.feed(points(random, 120, start + 25'000'000'000));
      ASSERT_EQ(out.error, "");
      for (const auto& p : out.points) {
        for (const auto& [name, value] : p.fields) {
          const auto x = p.number(name);
          ASSERT_TRUE(!x || std::isfinite(*x)) << name;
        }
      }
    }
  }
  EXPECT_GT(refused, 1'000u);
  EXPECT_GT(taken, 100u);
}

}  // namespace
}  // namespace kapacitor::udf::aggregation_forgery_test
