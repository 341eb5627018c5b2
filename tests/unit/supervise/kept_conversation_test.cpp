#include "supervise/kept_conversation.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/mortal_worker.hpp"
#include "support/requests.hpp"

// The process that keeps a conversation is killed, and the next one goes on.
namespace kapacitor::udf::supervise {
namespace {

using moment = journal::conversation::moment;

std::string requests(int points) {
  std::string all = test::frame_of(test::init_request({}));
  for (int i = 0; i < points; ++i) all += test::frame_of(test::point_request("a", i, i));
  return test::with_snapshots(all, 0.005, 3);
}

/// The end of a socket that Kapacitor has, and ours.
struct connection {
  connection() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~connection() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  server::channel ours() const { return server::channel::of_socket(ends[1]); }
  int ends[2] = {-1, -1};
};

/// Plays requests through conversations, each of which is dropped after a while as if its process
/// had been killed.
class killed_keepers {
 public:
  killed_keepers(const function& f, std::uint64_t seed, double death)
      : function_(f), random_(seed), death_(death) {
    keeper_ = std::make_unique<kept_conversation>(settings_, journal::conversation_hooks{});
    keeper_->keep_in(std::make_unique<conversation_record>("note"));
  }

  std::string play(const std::string& all) {
    std::string_view left = all;
    for (int i = 0; i < 2'000'000 && !over(); ++i) step(left);
    EXPECT_TRUE(over());
    hear_all();
    return data();
  }
  int deaths() const { return deaths_; }
  std::uint64_t different() const { return (*keeper_)->totals().answers_different; }

 private:
  bool over() const { return (*keeper_)->closing() && (*keeper_)->output().empty(); }
  /// Whole frames, without those that tell of no data.
  std::string data() const {
    std::string result;
    std::string_view left = output_;
    while (const auto next = wire::first_frame(left, std::size_t{1} << 30)) {
      if (journal::is_data(journal::kind_of(next->message))) result += left.substr(0, next->size);
      left.remove_prefix(next->size);
    }
    EXPECT_EQ(left, "");
    return result;
  }
  std::size_t some(std::size_t most) {
    return std::min<std::size_t>(most, 1 + random_() % (std::size_t{1} << random_() % 15));
  }

  void step(std::string_view& left) {
    now_.steady += std::chrono::microseconds(random_() % 3000);
    keeper_->make_room();
    switch (random_() % 7) {
      case 0:
        return send(left);
      case 1:
        if ((*keeper_)->wants_input()) keeper_->hear(kapacitor_.ours(), some(100'000), now_);
        return;
      case 2:
        return start();
      case 3:
        return move_to_worker();
      case 4:
        return move_from_worker();
      case 5:
        if (!(*keeper_)->output().empty()) keeper_->tell(kapacitor_.ours());
        return hear_all();
      default:
        keeper_->advance(now_);
        if (std::bernoulli_distribution(death_)(random_)) die();
    }
  }
  void send(std::string_view& left) {
    if (left.empty()) return static_cast<void>(::shutdown(kapacitor_.ends[0], SHUT_WR));
    const auto n = ::send(kapacitor_.ends[0], left.data(), some(left.size()), MSG_DONTWAIT);
    if (n > 0) left.remove_prefix(static_cast<std::size_t>(n));
  }
  void hear_all() {
    char room[4096];
    for (ssize_t n = 0; (n = ::read(kapacitor_.ends[0], room, sizeof room)) > 0;)
      output_.append(room, static_cast<std::size_t>(n));
  }
  void start() {
    if (!(*keeper_)->wants_worker(now_.steady)) return;
    worker_ = std::make_unique<test::mortal_worker>(function_);
    answers_ = std::make_unique<connection>();
    keeper_->attach(now_);
  }
  void move_to_worker() {
    if (!worker_) return;
    if ((*keeper_)->ends_input()) worker_->end_input();
    const auto bytes = keeper_->to_worker();
    const auto n = bytes.empty() ? 0 : some(bytes.size());
    worker_->work(bytes.substr(0, n), some(1000));
    if (n != 0) keeper_->consume_to_worker(n, now_);
  }
  void move_from_worker() {
    if (!worker_ || !(*keeper_)->wants_answers()) return;
    auto& said = worker_->answers();
    const auto n = ::send(answers_->ends[0], said.data(), said.size(), MSG_DONTWAIT);
    if (n > 0) said.erase(0, static_cast<std::size_t>(n));
    if (keeper_->hear_worker(answers_->ours(), some(50'000), now_) < 0 && said.empty() &&
        worker_->ended()) {
      worker_.reset();
      keeper_->detach("ended", now_);
    }
  }
  /// Nothing but the file is left.
  void die() {
    ++deaths_;
    journal::conversation expected(settings_, {});
    expected.load(keeper_->saved());
    expected.lose_worker(now_);
    owned_fd file(::dup(keeper_->record()->fd()));
    worker_.reset();
    keeper_ = std::make_unique<kept_conversation>(settings_, journal::conversation_hooks{});
    keeper_->recover(std::make_unique<conversation_record>(std::move(file)), now_);
    ASSERT_TRUE(keeper_->saved() == expected.saved());
  }

  const function& function_;
  const journal::conversation_settings settings_{.journal_size = std::size_t{1} << 20, .info = {}};
  std::mt19937_64 random_;
  const double death_;
  connection kapacitor_;
  std::unique_ptr<connection> answers_;
  std::unique_ptr<kept_conversation> keeper_;
  std::unique_ptr<test::mortal_worker> worker_;
  moment now_{{}, std::chrono::system_clock::time_point(std::chrono::hours(500'000))};
  std::string output_;
  int deaths_ = 0;
};

TEST(KeptConversation, GoesOnInTheNextProcessByteForByte) {
  const auto f = make_function<test::talkative>("f");
  const auto all = requests(4000);
  const auto expected = killed_keepers(f, 1, 0).play(all);
  ASSERT_GT(expected.size(), all.size() / 2);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    killed_keepers keepers(f, seed, 0.02);
    EXPECT_TRUE(keepers.play(all) == expected);
    EXPECT_GT(keepers.deaths(), 3);
    EXPECT_EQ(keepers.different(), 0u);
  }
}

std::string bytes_of(int file) {
  struct stat status {};
  ::fstat(file, &status);
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  EXPECT_EQ(::pread(file, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  return bytes;
}
owned_fd a_file_with(const std::string& bytes) {
  owned_fd file(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return file;
}

/// The kernel has moved the bytes and said so, and the process was killed before it did anything.
TEST(ConversationRecord, KnowsOfBytesThatWereMovedInTheLastMoment) {
  constexpr std::size_t size_of_entry = 32;
  const connection c;
  conversation_record record("note");
  record.begin("the state");
  ASSERT_EQ(::send(c.ends[0], "received", 8, 0), 8);
  ASSERT_EQ(record.receive(c.ends[1], 100, {}), 8);
  auto bytes = bytes_of(record.fd());
  const auto at = bytes.find("received");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at - size_of_entry, 4, 4, '\0');
  conversation_record killed(a_file_with(bytes));
  EXPECT_EQ(killed.state(), "the state");
  const auto call = killed.next();
  ASSERT_TRUE(call);
  EXPECT_EQ(call->what, recorded_call::hear);
  EXPECT_EQ(call->data, "received");
  EXPECT_FALSE(killed.next());

  ASSERT_EQ(record.send(c.ends[1], "sent"), 4);
  bytes = bytes_of(record.fd());
  bytes.replace(at + 8, 4, 4, '\0');
  conversation_record also_killed(a_file_with(bytes));
  EXPECT_EQ(also_killed.next()->what, recorded_call::hear);
  const auto told = also_killed.next();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->what, recorded_call::tell);
  EXPECT_EQ(told->n, 4u);
  EXPECT_FALSE(also_killed.next());
}

TEST(ConversationRecord, IsNotWhatItWasBeforeASegmentIsComplete) {
  conversation_record record("note");
  record.begin("first");
  const auto before = bytes_of(record.fd());
  record.begin("second");
  auto bytes = bytes_of(record.fd());
  EXPECT_EQ(conversation_record(a_file_with(bytes)).state(), "second");
  bytes.replace(0, before.size(), before);  // only what is behind has been written
  EXPECT_EQ(conversation_record(a_file_with(bytes)).state(), "first");
  EXPECT_EQ(conversation_record::note_in(record.fd()), "note");
}

TEST(ConversationRecord, IsGivenUpIfItKillsOneProcessAfterTheOther) {
  const connection c;
  conversation_record record("note");
  record.begin("state");
  for (int i = 0; i < 10; ++i) record.count_recovery();
  EXPECT_THROW(record.count_recovery(), state_error);
  ASSERT_EQ(::send(c.ends[0], "more", 4, 0), 4);
  ASSERT_EQ(record.receive(c.ends[1], 100, {}), 4);
  EXPECT_NO_THROW(record.count_recovery());
}

TEST(ConversationRecord, RefusesWhatIsNone) {
  EXPECT_THROW(conversation_record(a_file_with("x")), state_error);
  EXPECT_THROW(conversation_record(a_file_with(std::string(10'000, 'x'))), state_error);
  EXPECT_THROW(conversation_record(owned_fd(-1)), state_error);
  conversation_record record("note");
  EXPECT_THROW(conversation_record(a_file_with(bytes_of(record.fd()))), state_error);
}

TEST(ConversationRecord, GivesMemoryBackThatItNeedsNoMore) {
  conversation_record record("note");
  for (int i = 0; i < 50; ++i) record.begin(std::string(1 << 20, 's'));
  struct stat status {};
  ::fstat(record.fd(), &status);
  EXPECT_LT(status.st_blocks * 512, 4 << 20);
}

}  // namespace
}  // namespace kapacitor::udf::supervise
