#include "journal/conversation.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "journal/frames.hpp"
#include "support/captures.hpp"
#include "support/requests.hpp"
#include "wire/frame.hpp"
#include <kapacitor/udf/error.hpp>

// A conversation, step by step; what holds for all of them is in tests/property/journal_test.cpp.
namespace kapacitor::udf::journal {
namespace {

using namespace std::chrono_literals;
using wire::message_kind;

class Conversation : public testing::Test {
 protected:
  explicit Conversation(conversation_settings settings = {})
      : c_(std::move(settings),
           {{log_level::info,
             [this](log_level, std::string_view line) { log_.append(line).append("\n"); }},
            {}}) {}

  void hear(const std::string& bytes) {
    const auto room = c_.prepare();
    ASSERT_LE(bytes.size(), room.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    c_.commit(bytes.size(), now_);
  }
  void hear_points(int n) {
    for (int i = 0; i < n; ++i) hear(point(i));
  }
  static std::string point(int i) { return test::frame_of(test::point_request("a", i, i)); }

  /// A new worker, which answers Init.
  void start() {
    c_.attach(now_);
    EXPECT_EQ(sent(), test::frame_of(test::init_request({})));
    answer("\x04\x12\x02\x08\x01");
  }
  /// Everything that goes to the worker without an answer of it.
  std::string sent() {
    std::string all;
    for (auto bytes = c_.to_worker(); !bytes.empty(); bytes = c_.to_worker()) {
      all += bytes;
      c_.consume_to_worker(bytes.size(), now_);
    }
    return all;
  }
  void answer(const std::string& bytes) {
    const auto room = c_.prepare_answers();
    std::copy(bytes.begin(), bytes.end(), room.begin());
    c_.commit_answers(bytes.size(), now_);
  }
  std::string told() {
    std::string all;
    for (auto bytes = c_.output(); !bytes.empty(); bytes = c_.output()) {
      all += bytes;
      c_.consume_output(bytes.size());
    }
    return all;
  }
  /// Answers the barrier that ends these bytes.
  void confirm(const std::string& requests) {
    std::string_view left = requests;
    std::string last;
    while (const auto next = wire::first_frame(left, 1 << 20)) {
      last = left.substr(0, next->size);
      left.remove_prefix(next->size);
    }
    ASSERT_EQ(kind_of(std::string_view(last).substr(1)), message_kind::keepalive);
    answer(last);
  }
  void die() { c_.detach("killed", now_); }

  std::string log_;
  conversation c_;
  conversation::moment now_{conversation::clock::time_point(1h), {}};
};

TEST_F(Conversation, SendsRequestsOneByOneWhereTwoWorkersHaveDied) {
  hear(test::frame_of(test::init_request({})));
  hear_points(3);
  for (int i = 0; i < 2; ++i) {
    start();
    EXPECT_EQ(sent(), point(0) + point(1) + point(2));
    die();
  }
  start();
  for (int i = 0; i < 3; ++i) {
    const auto alone = sent();
    EXPECT_EQ(alone.substr(0, point(i).size()), point(i));
    EXPECT_LT(alone.size(), 2 * point(i).size());
    confirm(alone);
  }
  EXPECT_FALSE(c_.suspected());
}

TEST_F(Conversation, BlamesNoRequestThatWasNotAlone) {
  hear(test::frame_of(test::init_request({})));
  hear_points(2);
  for (int i = 0; i < 2; ++i) {
    start();
    sent();
    die();
  }
  hear_points(5);  // behind the stretch where workers have died
  start();
  confirm(sent());
  const auto second = sent();
  EXPECT_LT(second.size(), 2 * point(1).size()) << "the last one of the stretch is alone, too";
  EXPECT_EQ(sent(), "");
  confirm(second);
  EXPECT_GT(sent().size(), 4 * point(1).size());
  die();
  EXPECT_EQ(c_.totals().poisoned, 0u);
}

TEST_F(Conversation, TellsAKapacitorThatHasToWaitThatTheFunctionIsAlive) {
  hear(test::frame_of(test::init_request({})));
  start();
  told();
  EXPECT_EQ(c_.next_time().value_or(now_.steady) < now_.steady, false);
  while (c_.wants_input()) hear_points(100);  // of which the worker takes none
  std::string said;
  for (int i = 0; i < 5; ++i) {
    c_.advance(now_);
    said += told();
    now_.steady += 1s;
    ASSERT_TRUE(c_.next_time());
    EXPECT_LE(*c_.next_time(), now_.steady);
  }
  EXPECT_EQ(said.size(), 4 * empty_frame(message_kind::keepalive).size());
  EXPECT_EQ(kind_of(std::string_view(said).substr(1)), message_kind::keepalive);
  while (!sent().empty()) continue;
  c_.advance(now_);
  EXPECT_EQ(told(), "");
}

TEST_F(Conversation, KnowsAHangingWorkerByWhatItReadsAndAnswersNotByItsHeartbeats) {
  hear(test::frame_of(test::init_request({})));
  start();
  now_.steady += 1h;
  EXPECT_FALSE(c_.hangs(now_, 0)) << "it has had nothing to do";
  std::size_t waiting = 0;
  for (int i = 0; i < 59; ++i) {
    hear_points(1);
    waiting += sent().size();
    answer(test::frame_of(test::keepalive_request(1'700'000'000'000'000'000)));
    EXPECT_FALSE(c_.hangs(now_, waiting)) << i;
    now_.steady += 1s;
  }
  now_.steady += 1s;
  EXPECT_TRUE(c_.hangs(now_, waiting));
  c_.see_worker_read(waiting - 1, now_);
  EXPECT_FALSE(c_.hangs(now_, waiting));
  now_.steady += 1min;
  EXPECT_TRUE(c_.hangs(now_, waiting));
}

TEST_F(Conversation, TellsTheTimeAnewBehindASnapshot) {
  const auto time_frame = [&] {
    const auto now = std::chrono::nanoseconds(now_.wall.time_since_epoch()).count();
    return frame_with_number(message_kind::time, static_cast<std::uint64_t>(now));
  };
  now_.wall += 1h;
  hear(test::frame_of(test::init_request({})));
  start();
  answer(frame_with_number(message_kind::time, 2));  // it wants to know it in front of data
  hear(point(0));
  EXPECT_EQ(sent(), time_frame() + point(0));
  hear(point(1));
  EXPECT_EQ(sent(), point(1)) << "once a second";
  hear(test::frame_of(test::snapshot_request()));
  hear(point(2));
  EXPECT_EQ(sent(), test::frame_of(test::snapshot_request()) + time_frame() + point(2));
}

TEST_F(Conversation, PassesOnARefusedInitAndEnds) {
  hear(test::frame_of(test::init_request({})));
  c_.attach(now_);
  sent();
  const std::string refused("\x05\x12\x03\x12\x01x", 6);
  answer(refused);
  EXPECT_EQ(told(), refused);
  EXPECT_TRUE(c_.closing());
  EXPECT_FALSE(c_.wants_worker(now_.steady));
}

TEST_F(Conversation, EndsTheTaskIfItsWorkersDieForTooLong) {
  hear(test::frame_of(test::init_request({})));
  hear_points(1);
  for (int i = 0; i < 100 && !c_.closing(); ++i) {
    now_.steady += 5s;
    c_.advance(now_);
    if (!c_.wants_worker(now_.steady)) continue;
    c_.attach(now_);
    die();
  }
  EXPECT_TRUE(c_.closing());
  const auto said = told();
  EXPECT_EQ(kind_of(std::string_view(said).substr(1)), message_kind::error);
  EXPECT_NE(said.find("--max-down"), std::string::npos);
}

TEST_F(Conversation, StartsFreshIfTheSnapshotKillsThreeWorkers) {
  const auto restore = test::frame_of(test::restore_request("state"));
  hear(test::frame_of(test::init_request({})));
  hear(restore);
  for (int i = 0; i < 3; ++i) {
    start();
    told();
    EXPECT_EQ(sent(), restore);
    die();
  }
  const auto said = told();
  EXPECT_EQ(said, std::string("\x04\x2a\x02\x08\x01", 5)) << "Kapacitor hears that all is well";
  hear_points(1);
  start();
  EXPECT_EQ(sent(), point(0));
}

TEST_F(Conversation, TakesNoSnapshotInTheMiddleOfABatchForABeginning) {
  std::string begin = empty_frame(message_kind::begin), end = empty_frame(message_kind::end);
  hear(test::frame_of(test::init_request({})));
  start();
  hear(begin + test::frame_of(test::snapshot_request()) + end);
  EXPECT_EQ(sent(), begin + test::frame_of(test::snapshot_request()) + end);
  const std::string snapshot("\x05\x22\x03\x0a\x01s", 6);
  answer(snapshot);
  EXPECT_EQ(told().substr(5), snapshot) << "behind the answer to Init";
  EXPECT_EQ(c_.totals().snapshots, 0u);
  die();
  start();
  EXPECT_EQ(sent(), begin + end);
}

TEST_F(Conversation, ThrowsHalfAFrameOfADeadWorkerAway) {
  hear(test::frame_of(test::init_request({})));
  start();
  told();
  hear_points(1);
  sent();
  const auto answer_frame = point(0);  // requests and answers look alike
  answer(answer_frame.substr(0, 20));
  die();
  EXPECT_EQ(told(), "");
  start();
  sent();
  answer(answer_frame);
  EXPECT_EQ(told(), answer_frame);
  die();
  start();
  sent();
  answer(answer_frame);
  EXPECT_EQ(told(), "") << "it was told already";
  EXPECT_EQ(c_.totals().answers_left_out, 1u);
}

/// A conversation with something of everything.
TEST_F(Conversation, RefusesAStateThatIsCutOffOrImpossible) {
  hear(test::frame_of(test::init_request({})));
  start();
  hear_points(5);
  sent();
  answer(point(0));
  hear(point(9).substr(0, 7));
  answer(point(1).substr(0, 9));
  const auto saved = c_.saved();
  for (std::size_t n = 0; n < saved.size(); ++n) {
    conversation other({}, {});
    EXPECT_THROW(other.load(saved.substr(0, n)), state_error) << n;
  }
  EXPECT_THROW(conversation({}, {}).load(saved + "x"), state_error);
  // Whatever the bytes are, they are refused or taken, and nothing worse.
  for (std::size_t n = 0; n < saved.size(); ++n) {
    auto bad = saved;
    bad[n] = static_cast<char>(bad[n] ^ 0x55);
    conversation other({}, {});
    try {
      other.load(bad);
    } catch (const state_error&) {
      continue;
    }
  }
}

TEST_F(Conversation, RaisesItsVersionIfItsStateIsSavedInAnotherWay) {
  hear(test::frame_of(test::init_request({})));
  start();
  hear_points(2);
  sent();
  answer(point(0));
  const std::pair version_and_size{conversation::state_version, c_.saved().size()};
  EXPECT_EQ(version_and_size, (std::pair{3u, std::size_t{669}}))
      << "one program takes over from another only if their versions are the same";
  EXPECT_EQ(sizeof(conversation), 1200u) << "a new member belongs to conversation::state() as well";
}

TEST_F(Conversation, EndsAWorkerWhoseAnswersWouldKillKapacitor) {
  hear(test::frame_of(test::init_request({})));
  start();
  told();
  for (const auto& bad : {std::string("\x00", 1), empty_frame(message_kind::end)}) {
    answer(bad);
    EXPECT_TRUE(c_.broken());
    EXPECT_EQ(told(), "");
    die();
    start();
  }
}

class OverloadedConversation : public Conversation {
 protected:
  static conversation_settings settings() {
    conversation_settings s;
    s.function = "f";
    s.overload = {on_overload::drop_oldest, std::size_t{10} << 10};
    return s;
  }
  OverloadedConversation() : Conversation(settings()) {
    hear(test::frame_of(test::init_request({})));
    start();
    told();
  }
  /// As many as go on to the journal and fill the queue. Returns: how many that were
  int fill() {
    int n = 0;
    while (c_.totals().dropped.times == 0) hear(point(n++));
    return n;
  }
};

TEST_F(OverloadedConversation, NeverMakesKapacitorWait) {
  std::size_t bytes = 0;
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(c_.wants_input());
    hear(point(i));
    bytes += point(i).size();
  }
  EXPECT_GT(bytes, 1'000'000u);
  EXPECT_LT(c_.memory(), 600'000u);
  c_.advance(now_);
  EXPECT_EQ(told(), "") << "it needs no heartbeats";
  const auto requests = sent();
  EXPECT_EQ(requests.substr(0, point(0).size()), point(0));
  EXPECT_NE(requests.find(point(19'999)), std::string::npos) << "the newest";
  EXPECT_EQ(test::messages(requests).size() + c_.totals().dropped.points, 20'000u);
}

TEST_F(OverloadedConversation, WarnsOfWhatItDropsMoreAndMoreRarely) {
  const auto n = fill();
  EXPECT_EQ(
      log_.find("dropped by policy function=f task=task node=udf2 policy=drop-oldest points=1 "
                "batches=0 queue_size=10KiB"),
      0u)
      << log_;
  for (int i = 0; i < 999; ++i) hear(point(n + i));
  EXPECT_EQ(std::count(log_.begin(), log_.end(), '\n'), 10);
  EXPECT_NE(log_.find("points=512 "), std::string::npos);
  EXPECT_EQ(c_.totals().dropped.points, 1000u);
}

TEST_F(OverloadedConversation, AnswersKeepalivesAndInfoAtOnce) {
  fill();
  const auto keepalive = test::frame_of(test::keepalive_request(5));
  hear(keepalive);
  EXPECT_EQ(told(), keepalive);
}

TEST_F(OverloadedConversation, TakesASnapshotBehindWhatWaitedBeforeIt) {
  const auto n = fill();
  hear(test::frame_of(test::snapshot_request()));
  hear(point(n));
  const auto requests = sent();
  const auto last = requests.find(point(n)),
             asked = requests.find(test::frame_of(test::snapshot_request()));
  ASSERT_NE(asked, std::string::npos);
  EXPECT_LT(asked, last);
  EXPECT_GT(asked, requests.find(point(n - 1)));
  answer(std::string("\x05\x22\x03\x0a\x01s", 6));
  EXPECT_EQ(c_.totals().snapshots, 1u);
  die();
  start();
  sent();
  answer("\x04\x2a\x02\x08\x01");  // it is restored
  const auto again = sent();
  EXPECT_NE(again.find(point(n)), std::string::npos) << "it came behind the snapshot";
  EXPECT_EQ(again.find(point(n - 1)), std::string::npos);
}

TEST_F(OverloadedConversation, RepeatsToANewWorkerWhatTheOldOneGot) {
  fill();
  const auto requests = sent();
  const auto dropped = c_.totals().dropped.points;
  die();
  start();
  EXPECT_EQ(sent(), requests);
  EXPECT_EQ(c_.totals().dropped.points, dropped);
}

TEST_F(OverloadedConversation, EndsWhenTheWorkerHasHadAllThatWaited) {
  fill();
  c_.finish(now_);
  EXPECT_FALSE(c_.ends_input());
  const auto requests = sent();
  EXPECT_FALSE(c_.closing());
  EXPECT_TRUE(c_.ends_input());
  EXPECT_NE(requests.find(point(100)), std::string::npos);
}

TEST_F(OverloadedConversation, StopsWhenWhatWaitedIsAnswered) {
  fill();
  c_.stop(now_);
  std::string requests = sent();
  EXPECT_FALSE(c_.closing());
  confirm(requests);
  for (int i = 0; i < 10 && !c_.closing(); ++i) {
    const auto more = sent();
    ASSERT_FALSE(more.empty());
    confirm(more);
  }
  EXPECT_TRUE(c_.closing());
}

TEST_F(OverloadedConversation, EndsAtWhatIsNoRequestAsEver) {
  fill();
  hear(std::string(12, '\xff'));
  EXPECT_TRUE(c_.closing());
  EXPECT_NE(told().find("protocol error"), std::string::npos);
}

}  // namespace
}  // namespace kapacitor::udf::journal
