#include "run/clock_watch.hpp"

#include <gtest/gtest.h>

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

constexpr steady_time start{100s};
constexpr std::int64_t wall = 1'700'000'000'000'000'000;
constexpr std::int64_t second = 1'000'000'000;

TEST(ClockWatch, SaysNothingWhileBothClocksGoAlike) {
  clock_watch watch(start, wall);
  EXPECT_FALSE(watch.moved(start + 3600s, wall + 3600 * second));
  EXPECT_FALSE(watch.moved(start + 3601s, wall + 3601 * second + second / 2)) << "ntp slews";
}

TEST(ClockWatch, SaysOnceByHowMuchTheClockWasSet) {
  clock_watch back(start, wall), forward(start, wall);
  EXPECT_EQ(back.moved(start + 10s, wall - 50 * second), -60s);
  EXPECT_FALSE(back.moved(start + 11s, wall - 49 * second));
  EXPECT_EQ(forward.moved(start + 10s, wall + 12 * second), 2s);
}

}  // namespace
}  // namespace kapacitor::generator
