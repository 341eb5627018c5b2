#include <gtest/gtest.h>

#include <server/gathering.hpp>

namespace kapacitor::udf::server {
namespace {

using namespace std::chrono_literals;

/// Wakes up `n` times. Returns: how often it waited a moment
int wake_ups(gathering& g, int n, std::chrono::nanoseconds slept, std::size_t bytes_at_once,
             std::size_t bytes_after_waiting) {
  int waited = 0;
  for (int i = 0; i < n; ++i) {
    const bool waits = g.worthwhile(slept);
    waited += waits;
    g.learn(waits ? bytes_after_waiting : bytes_at_once);
  }
  return waited;
}

TEST(Gathering, WaitsWhileSmallPiecesFollowOneAnotherClosely) {
  gathering g;
  EXPECT_GT(wake_ups(g, 100, 5us, 100, 5000), 95);
}

TEST(Gathering, NeverDelaysASlowStream) {
  gathering g;
  EXPECT_EQ(wake_ups(g, 1000, 1ms, 100, 5000), 0);
}

TEST(Gathering, NeverDelaysAStreamOfLargePieces) {
  gathering g;
  EXPECT_EQ(wake_ups(g, 1000, 5us, 60000, 60000), 0);
}

TEST(Gathering, GivesUpWhereWaitingBringsNoMore) {
  gathering g;  // a peer that waits for each answer
  EXPECT_LT(wake_ups(g, 10000, 5us, 100, 100), 50);
}

}  // namespace
}  // namespace kapacitor::udf::server
