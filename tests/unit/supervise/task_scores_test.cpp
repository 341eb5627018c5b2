#include "supervise/task_scores.hpp"

#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

namespace kapacitor::udf::supervise {
namespace {

using metrics::score;
using metrics::scoreboard;

/// What a worker does with the seat that it was given.
class TaskScores : public testing::Test {
 protected:
  void new_worker() { seat_ = scores_.seat_for(9); }
  void says(std::uint64_t skipped, std::uint64_t groups, std::uint64_t at_snapshot = 0) {
    scoreboard worker{owned_fd(scores_.shared())};
    score s;
    s.now.points_skipped = skipped;
    s.now.groups = groups;
    s.snapshot.points_skipped = at_snapshot;
    s.work.sum = 7;
    worker.write(seat_, s);
  }
  std::uint64_t skipped() const { return scores_.of(9).now.points_skipped; }

  task_scores scores_;
  std::size_t seat_ = 0;
};

TEST_F(TaskScores, CountWhatIsRepeatedOnce) {
  new_worker();
  says(10, 3);
  EXPECT_EQ(skipped(), 10u);
  says(25, 3, 20);
  scores_.snapshot_taken(9);
  says(30, 4, 20);
  EXPECT_EQ(skipped(), 30u);
  new_worker();  // begins with the snapshot
  EXPECT_EQ(skipped(), 20u);
  says(10, 4);  // the same ten again
  EXPECT_EQ(skipped(), 30u);
  EXPECT_EQ(scores_.of(9).now.groups, 4u) << "groups are those of now";
  says(15, 5, 12);
  scores_.snapshot_taken(9);
  new_worker();
  says(1, 5);
  EXPECT_EQ(skipped(), 33u);
  EXPECT_EQ(scores_.of(9).work.sum, 21u) << "all three have worked";
}

TEST_F(TaskScores, BeginAnewWithoutASnapshot) {
  new_worker();
  says(10, 3);
  new_worker();
  EXPECT_EQ(skipped(), 0u);
  says(12, 3);
  EXPECT_EQ(skipped(), 12u);
}

TEST_F(TaskScores, GoOnInTheNextProgram) {
  new_worker();
  says(25, 3, 20);
  scores_.snapshot_taken(9);
  new_worker();
  says(4, 3);
  auto saved = scores_.saved();
  saved.board = scores_.shared();
  task_scores next(saved);
  EXPECT_EQ(next.of(9).now.points_skipped, 24u);
  EXPECT_NE(next.seat_for(10), seat_);
  next.seat_for(9);
  EXPECT_EQ(next.of(9).now.points_skipped, 20u);
  next.ended(9);
  EXPECT_EQ(next.of(9).now.points_skipped, 0u);
}

}  // namespace
}  // namespace kapacitor::udf::supervise
