#include "metrics/scoreboard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "base/numbers/number_row.hpp"
#include "base/text/error.hpp"
#include "metrics/seat_plan.hpp"

namespace kapacitor::udf::metrics {
namespace {

/// All its numbers are n.
score score_of(std::uint64_t n) {
  number_row<score> all;
  all.fill(n);
  return from_row<score>(all);
}
bool is_whole(const score& s) {
  return row_of(s) == row_of(score_of(s.work.sum));
}

TEST(Scoreboard, ShowsWhatAnotherProcessWrites) {
  scoreboard ours;
  ours.write(1, score_of(5));
  const pid_t child = ::fork();
  if (child == 0) {
    scoreboard theirs{owned_fd(::dup(ours.descriptor()))};
    const bool sees = theirs.read(1).work.sum == 5;
    theirs.write(7, score_of(42));
    ::_exit(sees ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(ours.read(7).now.points_in, 42u);
  EXPECT_TRUE(is_whole(ours.read(7)));
  ours.clear(7);
  EXPECT_EQ(ours.read(7).now.points_in, 0u);
}

TEST(Scoreboard, IsNeverReadHalfWritten) {
  scoreboard board;
  std::atomic<bool> over = false;
  std::thread writer([&] {
    for (std::uint64_t n = 1; !over; ++n) board.write(3, score_of(n));
  });
  std::set<std::uint64_t> seen;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int i = 0; i < 20'000 || (seen.size() < 10 && std::chrono::steady_clock::now() < patience);
       ++i) {
    const auto s = board.read(3);
    ASSERT_TRUE(is_whole(s));
    seen.insert(s.work.sum);
  }
  over = true;
  writer.join();
  EXPECT_GE(seen.size(), 10u);
}

TEST(Scoreboard, CannotBeTakenAwayFromItsReaders) {
  const scoreboard board;
  EXPECT_EQ(::ftruncate(board.descriptor(), 0), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(Scoreboard, OfAnotherReleaseIsRefused) {
  const auto file = [] { return owned_fd(::memfd_create("other", MFD_CLOEXEC)); };
  EXPECT_THROW(scoreboard{file()}, start_error);
  auto larger = file();
  ASSERT_EQ(::ftruncate(larger.get(), 1 << 30), 0);
  EXPECT_THROW(scoreboard{std::move(larger)}, start_error);
  EXPECT_THROW(scoreboard{owned_fd()}, start_error);
}

TEST(Scoreboard, HasNoSeatBeyondItsLast) {
  scoreboard board;
  board.write(scoreboard::nowhere, score_of(1));
  EXPECT_EQ(board.read(scoreboard::nowhere).work.sum, 0u);
}

TEST(SeatPlan, GivesEverySeatOnceAndOneThatWasLeftNotAtOnce) {
  seat_plan plan;
  const auto first = plan.take();
  plan.leave(first);
  EXPECT_NE(plan.take(), first);
  std::set<std::size_t> seats;
  for (std::size_t seat; (seat = plan.take()) != scoreboard::nowhere;) seats.insert(seat);
  EXPECT_EQ(seats.size(), scoreboard::seats - 1);
  EXPECT_TRUE(seats.contains(first));
  plan.leave(scoreboard::nowhere);
  EXPECT_EQ(plan.take(), scoreboard::nowhere);
}

}  // namespace
}  // namespace kapacitor::udf::metrics
