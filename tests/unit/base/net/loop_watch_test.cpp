#include "base/net/loop_watch.hpp"

#include <deque>
#include <functional>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using namespace std::chrono_literals;

/// A loop that turns if it is told to.
struct hand_turned {
  std::deque<std::function<void()>> posted;

  loop_watch::loop loop(const std::string& name, std::function<bool()> excused = nullptr) {
    return {name, [this](std::function<void()> what) { posted.push_back(std::move(what)); },
            std::move(excused)};
  }
  void turn() {
    while (!posted.empty()) {
      posted.front()();
      posted.pop_front();
    }
  }
};

TEST(LoopWatch, NamesALoopThatDoesNotTurnWithinThePatience) {
  const auto start = loop_watch::clock::now();
  hand_turned good, bad;
  loop_watch watch;
  watch.add(good.loop("good"), start);
  watch.add(bad.loop("bad"), start);
  for (const auto at : {0s, 10s}) {
    EXPECT_EQ(watch.stuck(10s, start + at), "");
    good.turn();
  }
  EXPECT_EQ(watch.stuck(10s, start + 11s), "good");  // its clock is the real one
  bad.turn();
  good.turn();
  EXPECT_EQ(watch.stuck(10s), "");
}

TEST(LoopWatch, AsksOneThatHasNotAnsweredOnlyOnce) {
  hand_turned slow;
  loop_watch watch;
  watch.add(slow.loop("slow"));
  for (int i = 0; i < 5; ++i) watch.stuck(1s);
  EXPECT_EQ(slow.posted.size(), 1U);
  slow.turn();
  watch.stuck(1s);
  EXPECT_EQ(slow.posted.size(), 1U);
}

TEST(LoopWatch, ExcusesOneThatHasAReason) {
  const auto start = loop_watch::clock::now();
  bool busy = true;
  hand_turned computing;
  loop_watch watch;
  watch.add(computing.loop("thread", [&] { return busy; }), start);
  EXPECT_EQ(watch.stuck(1s, start + 1min), "");
  busy = false;
  EXPECT_EQ(watch.stuck(1s, start + 1min), "thread");
}

TEST(LoopWatch, ALoopMayAnswerWhenNobodyLooksAnyMore) {
  hand_turned late;
  {
    loop_watch watch;
    watch.add(late.loop("late"));
    watch.stuck(1s);
  }
  late.turn();
}

}  // namespace
}  // namespace kapacitor
