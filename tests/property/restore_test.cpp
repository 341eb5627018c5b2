#include <array>
#include <exception>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "property/sample.hpp"
#include "support/damaged_snapshot.hpp"

// Whoever may connect may send a snapshot: what the functions' own checks let pass does no harm.
namespace kapacitor::udf {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes(test::sample& random) {
  std::array<std::uint8_t, N> bytes;
  for (auto& b : bytes) b = static_cast<std::uint8_t>(random.bits());
  return bytes;
}

class DamagedSnapshot : public testing::TestWithParam<test::setting> {};

TEST_P(DamagedSnapshot, IsRefusedOrDoesNoHarm) {
  const test::damaged_snapshot snapshot(GetParam());
  if (!snapshot.has_state()) GTEST_SKIP() << "the function remembers nothing";
  EXPECT_TRUE(snapshot.try_with({}, {})) << "undamaged";
  test::sample random(1);
  constexpr int tries = 40;
  for (int i = 0; i < tries && !HasFailure(); ++i) {
    const auto recipe = random_bytes<12>(random);
    const auto points = random_bytes<80>(random);
    const auto changes = 4 * (1 + random.below(3));
    try {
      snapshot.try_with(std::span(recipe).first(changes), points);
    } catch (const std::exception& problem) {
      ADD_FAILURE() << "try " << i << ": " << problem.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, DamagedSnapshot, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

}  // namespace
}  // namespace kapacitor::udf
