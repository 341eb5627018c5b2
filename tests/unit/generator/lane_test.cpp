#include "run/lane.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

/// Makes one batch of one line per turn, up to a number.
class counting_feed final : public feed {
 public:
  explicit counting_feed(int batches) : left_(batches) {}

  void produce(steady_time now, batch_sink& to) override {
    if (left_ == 0 || stopped_ || to.busy()) return;
    to.add(batch_of("line" + std::to_string(--left_) + "\n", 1, now));
  }
  steady_time wake(steady_time, const batch_sink& to) const override {
    return finished() || to.busy() ? steady_time::max() : steady_time::min();
  }
  void stop(batch_sink&) override { stopped_ = true; }
  bool finished() const override { return stopped_ || left_ == 0; }
  const histogram& lateness() const override { return lateness_; }
  std::int64_t skipped() const override { return 0; }

 private:
  int left_;
  bool stopped_ = false;
  histogram lateness_;
};

/// Answers when the test says so.
class held_target final : public target {
 public:
  void send(const batch& b, std::function<void(server_answer)> done) override {
    sent.emplace_back(b.lines);
    waiting = std::move(done);
  }
  void cancel() override { waiting = nullptr; }
  void answer_with(int status) {
    const auto call = std::exchange(waiting, nullptr);
    call({status, "partial write: x dropped=1"});
  }

  std::vector<std::string> sent;
  std::function<void(server_answer)> waiting;
};

class LaneTest : public testing::Test {
 protected:
  lane& make(int batches, std::size_t legs) {
    lane::plan p;
    p.from = std::make_unique<counting_feed>(batches);
    for (std::size_t i = 0; i < legs; ++i) {
      auto held = std::make_unique<held_target>();
      targets.push_back(held.get());
      p.legs.push_back({{}, std::move(held)});
    }
    p.shared = &shared;
    p.log = [](log_level, std::string_view) {};
    p.create_database = [this] { ++databases_wanted; };
    made.emplace(std::move(p));
    return *made;
  }
  steady_time now() const { return std::chrono::steady_clock::now(); }

  std::vector<std::string> shown;
  run_state shared{{2, [this](std::string_view line) { shown.emplace_back(line); }}};
  std::vector<held_target*> targets;
  int databases_wanted = 0;
  std::optional<lane> made;
};

TEST_F(LaneTest, KeepsAFewBatchesReadyAndSendsTheNextWhenTheAnswerComes) {
  auto& l = make(100, 1);
  for (int i = 0; i < 50; ++i) l.step(now());
  EXPECT_EQ(targets[0]->sent.size(), 1U) << "one request under way";
  EXPECT_EQ(l.totals().legs[0].points.generated, 5U) << "and some batches that wait for it";
  EXPECT_EQ(l.step(now()), steady_time::max());
  targets[0]->answer_with(204);
  EXPECT_EQ(targets[0]->sent.size(), 2U) << "sent by the answer, not by the next step";
}

TEST_F(LaneTest, GivesEachLegEveryBatchAndEndsWithTheSlowest) {
  auto& l = make(2, 2);
  l.step(now());
  l.step(now());
  for (int i = 0; i < 2; ++i) targets[0]->answer_with(204);
  l.step(now());
  EXPECT_FALSE(l.finished());
  for (int i = 0; i < 2; ++i) targets[1]->answer_with(204);
  l.step(now());
  EXPECT_TRUE(l.finished());
  EXPECT_EQ(targets[0]->sent, targets[1]->sent);
}

TEST_F(LaneTest, EndsTheRunOverTooManyRejectedPointsOfAllLanes) {
  shared.max_rejected = 10;
  shared.rejected = 10;  // of other lanes
  auto& l = make(5, 1);
  l.step(now());
  targets[0]->answer_with(400);
  ASSERT_TRUE(l.failure());
  EXPECT_EQ(l.failure()->code(), kapacitor::exit_code::failed);
  EXPECT_STREQ(l.failure()->what(), "11 points were rejected, more than --max-errors 10 allows");
  EXPECT_TRUE(l.finished());
}

TEST_F(LaneTest, AfterAStopSendsWhatIsLeftUntilThen) {
  auto& l = make(100, 1);
  const auto start = now();
  l.step(start);
  l.stop(start + 1h);
  EXPECT_EQ(l.step(start), start + 1h);
  EXPECT_FALSE(l.finished());
  l.step(start + 1h);
  EXPECT_TRUE(l.finished());
  EXPECT_EQ(l.totals().legs[0].points.unsent, 1U);
  EXPECT_FALSE(targets[0]->waiting) << "the request is given up";
}

TEST_F(LaneTest, ShowsTheFirstLinesOnce) {
  auto& l = make(100, 2);
  for (int i = 0; i < 4; ++i) l.step(now());
  EXPECT_EQ(shown, (std::vector<std::string>{"line99", "line98"}));
}

}  // namespace
}  // namespace kapacitor::generator
