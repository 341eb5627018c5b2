#include "journal/request_queue.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/policy_name.hpp"

// What is dropped, by policy. Frames are short texts, filled up to 100 bytes.
namespace kapacitor::udf::journal {
namespace {

using testing::TestWithParam;
using wire::message_kind;

constexpr std::size_t frame_size = 100;

class queue_under_test {
 public:
  explicit queue_under_test(on_overload policy, std::size_t frames = 10)
      : queue({policy, frames * frame_size}) {}

  /// "p7": a point, "b": a batch begins, "e": it ends, "s": a snapshot is asked for.
  void add(const std::string& text) {
    static const std::map<char, message_kind> kinds{{'p', message_kind::point},
                                                    {'b', message_kind::begin},
                                                    {'e', message_kind::end},
                                                    {'s', message_kind::snapshot}};
    auto frame = text;
    frame.resize(frame_size, ' ');
    queue.add(kinds.at(text[0]), frame);
  }
  void add_all(const std::vector<std::string>& all) {
    for (const auto& one : all) add(one);
  }
  void add_points(int from, int to) {
    for (int i = from; i <= to; ++i) add("p" + std::to_string(i));
  }
  std::string next() {
    std::string all;
    const auto front = queue.front();
    for (std::size_t i = 0; i < front.size(); i += frame_size)
      all += front.substr(i, front.find(' ', i) - i);
    queue.pop();
    return all;
  }
  /// Everything that waits, a blank between what goes on by itself.
  std::string rest() {
    std::string all;
    while (queue.ready()) all += (all.empty() ? "" : " ") + next();
    return all;
  }

  request_queue queue;
};

struct expectation {
  on_overload policy;
  std::string flood;   // what is left of 30 points, none of which could go on
  std::string steady;  // of 30 points, of which each third could go on: what went on, then the rest
  std::string batches;    // of 6 batches of 2 points, 4 frames each
  std::uint64_t dropped;  // of the flood

  friend void PrintTo(const expectation& e, std::ostream* out) {
    *out << test::name_of_policy(e.policy);
  }
};

class RequestQueue : public TestWithParam<expectation> {};

TEST_P(RequestQueue, KeepsOfAFloodWhatThePolicySays) {
  queue_under_test q(GetParam().policy);
  q.add_points(1, 30);
  EXPECT_EQ(q.queue.dropped().points, GetParam().dropped);
  EXPECT_EQ(q.queue.dropped().times, GetParam().dropped);
  EXPECT_EQ(q.queue.dropped().batches, 0u);
  EXPECT_LE(q.queue.data_bytes(), 10 * frame_size);
  EXPECT_EQ(q.rest(), GetParam().flood);
  EXPECT_TRUE(q.queue.empty());
  EXPECT_EQ(q.queue.data_bytes(), 0u);
}

TEST_P(RequestQueue, KeepsOfASteadyOverloadWhatThePolicySays) {
  queue_under_test q(GetParam().policy);
  std::string gone;
  for (int i = 1; i <= 30; ++i) {
    q.add_points(i, i);
    if (i % 3 == 0) gone += q.next() + " ";
  }
  EXPECT_EQ(gone + "| " + q.rest(), GetParam().steady);
}

TEST_P(RequestQueue, DropsWholeBatches) {
  queue_under_test q(GetParam().policy);
  for (int i = 1; i <= 6; ++i) {
    const auto n = std::to_string(i);
    q.add_all({"b" + n, "p", "p", "e" + n});
  }
  EXPECT_EQ(q.queue.dropped().points, 2 * q.queue.dropped().batches);
  EXPECT_EQ(q.queue.dropped().times, q.queue.dropped().batches);
  EXPECT_EQ(q.rest(), GetParam().batches);
}

/// Whatever the policy, and wherever among the data.
TEST_P(RequestQueue, NeverDropsAnotherRequestNorLetsDataPassIt) {
  queue_under_test q(GetParam().policy);
  q.add_points(1, 7);
  q.add("s1");
  q.add_points(8, 30);
  q.add("s2");
  q.add_points(31, 60);
  q.add("s3");
  std::vector<int> order;
  std::string others;
  int passed = 0;
  while (q.queue.ready()) {
    const bool is_data = q.queue.front_is_data();
    const auto text = q.next();
    if (!is_data) {
      others += text;
      const int last_before = text == "s1" ? 7 : text == "s2" ? 30 : 60;
      for (const int n : order) EXPECT_LE(n, last_before);
      passed = last_before;
      continue;
    }
    order.push_back(std::stoi(text.substr(1)));
    EXPECT_GT(order.back(), passed) << "a point from before it came behind it";
  }
  EXPECT_EQ(others, "s1s2s3");
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size() + q.queue.dropped().points, 60u);
}

TEST_P(RequestQueue, PutsARequestWithinABatchBehindIt) {
  queue_under_test q(GetParam().policy);
  q.add_all({"b", "p1", "s"});
  EXPECT_FALSE(q.queue.ready()) << "a batch goes on when it is complete";
  EXPECT_FALSE(q.queue.empty());
  q.add_all({"p2", "e"});
  EXPECT_EQ(q.rest(), "bp1p2e s");
}

TEST_P(RequestQueue, TakesABatchOfAnySizeIfNothingElseWaits) {
  queue_under_test q(GetParam().policy, 4);
  q.add("b");
  q.add_points(1, 9);
  q.add("e");
  EXPECT_EQ(q.rest(), "bp1p2p3p4p5p6p7p8p9e");
  EXPECT_EQ(q.queue.dropped().times, 0u);
}

TEST_P(RequestQueue, TakesWhatHasComeOfABatchAtTheEnd) {
  queue_under_test q(GetParam().policy);
  q.add_all({"b", "p1"});
  q.queue.finish();
  EXPECT_EQ(q.rest(), "bp1");
  EXPECT_TRUE(q.queue.empty());
}

TEST_P(RequestQueue, ForgetsABatchThatNobodyWaitsForButNoRequest) {
  queue_under_test q(GetParam().policy);
  q.add_all({"b", "p1", "s"});
  q.queue.forget_open_batch();
  EXPECT_EQ(q.rest(), "s");
  EXPECT_TRUE(q.queue.empty());
}

TEST_P(RequestQueue, TakesNoMoreMemoryHoweverLongTheOverloadLasts) {
  queue_under_test q(GetParam().policy, 1000);
  std::size_t most = 0;
  for (int i = 0; i < 2'000; ++i) {
    q.add("b");
    q.add_points(1, 1 + i % 40);
    q.add("e");
    if (i % 100 == 0 && q.queue.ready()) q.queue.pop();
    most = std::max(most, q.queue.memory());
  }
  EXPECT_LT(most, 1'000'000u) << "of some 4,000,000 that came";
  EXPECT_GT(q.queue.dropped().batches, 1'500u);
}

INSTANTIATE_TEST_SUITE_P(
    Policies, RequestQueue,
    testing::Values(
        expectation{on_overload::drop_oldest, "p21 p22 p23 p24 p25 p26 p27 p28 p29 p30",
                    "p1 p2 p3 p4 p6 p9 p12 p15 p18 p21 | "
                    "p22 p23 p24 p25 p26 p27 p28 p29 p30",
                    "b5ppe5 b6ppe6", 20},
        expectation{on_overload::drop_newest, "p1 p2 p3 p4 p5 p6 p7 p8 p9 p10",
                    "p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 | "
                    "p11 p12 p13 p14 p16 p19 p22 p25 p28",
                    "b1ppe1 b2ppe2", 20},
        // Half of the queue, 500 bytes, takes all; from there on fewer with each 62 bytes.
        expectation{on_overload::sample, "p1 p2 p3 p4 p5 p6 p10 p26",
                    "p1 p2 p3 p4 p5 p6 p7 p8 p10 p13 | "
                    "p16 p19 p22 p25 p28",
                    "b1ppe1 b2ppe2", 22}),
    [](const auto& tested) { return test::name_of_policy(tested.param.policy); });

TEST(RequestQueueSampling, EndsWhenTheQueueHasDrained) {
  queue_under_test q(on_overload::sample);
  q.add_points(1, 100);
  EXPECT_GT(q.queue.dropped().points, 90u);
  q.rest();
  const auto before = q.queue.dropped().points;
  q.add_points(101, 105);
  EXPECT_EQ(q.rest(), "p101 p102 p103 p104 p105");
  EXPECT_EQ(q.queue.dropped().points, before);
}

/// Of what comes four times too fast, a fourth remains, evenly.
TEST(RequestQueueSampling, KeepsAsManyAsGoOn) {
  queue_under_test q(on_overload::sample, 1000);
  std::vector<int> gone;
  for (int i = 1; i <= 12'000; ++i) {
    q.add_points(i, i);
    if (i % 4 == 0) gone.push_back(std::stoi(q.next().substr(1)));
  }
  EXPECT_EQ(gone.size(), 3'000u);
  int widest = 0;
  for (std::size_t i = gone.size() / 2; i < gone.size(); ++i)
    widest = std::max(widest, gone[i] - gone[i - 1]);
  EXPECT_LE(widest, 8);
  EXPECT_LT(q.queue.data_bytes(), 1000 * frame_size * 3 / 4);
}

}  // namespace
}  // namespace kapacitor::udf::journal
