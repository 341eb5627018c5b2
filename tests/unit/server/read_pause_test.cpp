#include "server/read_pause.hpp"

#include <gtest/gtest.h>

namespace kapacitor::udf::server {
namespace {

using namespace std::chrono_literals;

/// A peer that sends at its own pace.
class paced_peer {
 public:
  explicit paced_peer(std::chrono::nanoseconds between, std::size_t bytes)
      : between_(between), bytes_(bytes) {}

  /// Looks `n` times: after the pause that was told, else when the next message has come.
  /// Returns: how many pauses there were
  int look(int n) {
    int pauses = 0;
    for (int i = 0; i < n; ++i) {
      const auto pause = g_.pause(now_);
      pauses += pause.count() > 0;
      longest = std::max(longest, pause);
      const auto come = now_ + (pause.count() > 0 ? pause : between_);
      for (; sent_at_ + between_ <= come; sent_at_ += between_) g_.take(bytes_);
      now_ = come;
    }
    return pauses;
  }

  std::chrono::nanoseconds longest{};

 private:
  const std::chrono::nanoseconds between_;
  const std::size_t bytes_;
  read_pause g_;
  read_pause::clock::time_point now_{1h}, sent_at_{1h};
};

TEST(ReadPause, WaitsWhileSmallPiecesFollowOneAnotherClosely) {
  EXPECT_GT(paced_peer(10us, 130).look(100), 90);
}

TEST(ReadPause, NeverWaitsLong) {
  paced_peer peer(40us, 130);
  EXPECT_GT(peer.look(100), 50);
  EXPECT_LE(peer.longest, read_pause::longest);
}

TEST(ReadPause, NeverDelaysASlowStream) {
  EXPECT_EQ(paced_peer(1ms, 130).look(1000), 0);
  EXPECT_EQ(paced_peer(100us, 130).look(1000), 0);
}

TEST(ReadPause, NeverDelaysAStreamOfLargePieces) {
  EXPECT_EQ(paced_peer(5us, 60000).look(1000), 0);
}

TEST(ReadPause, GivesUpWhereWaitingBringsNoMore) {
  // A peer that waits for each answer: nothing comes during a pause.
  read_pause g;
  read_pause::clock::time_point now{1h};
  int pauses = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (const auto pause = g.pause(now); pause.count() > 0) {
      ++pauses;
      now += pause;
    } else {
      now += 20us;
      g.take(130);
    }
  }
  EXPECT_LT(pauses, 50);
}

TEST(ReadPause, NeverPausesWithNothingToDo) {
  read_pause g;
  read_pause::clock::time_point now{1h};
  for (int i = 0; i < 100; ++i, now += 1us) EXPECT_EQ(g.pause(now).count(), 0);
}

}  // namespace
}  // namespace kapacitor::udf::server
