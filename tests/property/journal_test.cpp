#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "support/captures.hpp"
#include "support/mortal_worker.hpp"
#include "support/policy_name.hpp"
#include "support/ready_made.hpp"
#include "support/requests.hpp"
#include "support/streams.hpp"
#include "wire/output_buffer.hpp"

// Workers die at any byte, and Kapacitor hears what it would have heard of one that lives.
namespace kapacitor::udf {
namespace {

using test::disturbance;
using test::disturbed;

std::string stream_for(const test::setting& s, const function& f, std::size_t points) {
  std::string requests = test::frame_of(test::init_request(s.options));
  test::stream_source source({.groups = 5, .tags = 2, .fields = 2});
  wire::output_buffer out;
  if (f.wants == edge::stream) {
    for (std::size_t i = 0; i < points; ++i) source.append_point(out, i);
  } else {
    for (std::size_t i = 0; i < points / 20; ++i) source.append_batch(out, i, 20);
  }
  return requests.append(out.view());
}

disturbed play(const function& f, std::string_view requests, disturbance how) {
  return test::disturbed_run(f, std::move(how)).play(requests);
}

std::size_t count(std::string_view frames, wire::message_kind kind) {
  std::size_t n = 0;
  for (const auto m : test::messages(frames)) n += journal::kind_of(m) == kind;
  return n;
}

class Mortal : public testing::TestWithParam<test::setting> {};

TEST_P(Mortal, WorkersGiveTheAnswersOfOneThatLives) {
  const auto f = test::ready_made(GetParam().function);
  const auto requests = test::with_snapshots(stream_for(GetParam(), f, 2000), 0.01, 7);
  const auto expected = play(f, requests, {.seed = 1});
  ASSERT_EQ(expected.totals.deaths, 0u) << testing::PrintToString(expected.log);
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto got = play(f, requests, {.seed = seed, .death = 0.02});
    EXPECT_GE(got.totals.deaths, 1u);
    EXPECT_EQ(got.totals.answers_different, 0u) << testing::PrintToString(got.log);
    ASSERT_EQ(got.data.size(), expected.data.size());
    EXPECT_TRUE(got.data == expected.data);
    EXPECT_EQ(got.totals.poisoned, 0u);
    using wire::message_kind;
    for (const auto kind : {message_kind::init, message_kind::snapshot, message_kind::error})
      EXPECT_EQ(count(got.management, kind), count(expected.management, kind));
  }
}

TEST_P(Mortal, AnotherSupervisorGoesOnAtAnyByte) {
  const auto f = test::ready_made(GetParam().function);
  const auto requests = test::with_snapshots(stream_for(GetParam(), f, 500), 0.01, 7);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto expected = play(f, requests, {.seed = seed, .death = 0.02});
    const auto got = play(f, requests, {.seed = seed, .death = 0.02, .takeover = 0.1});
    EXPECT_GT(got.takeovers, 3u);
    EXPECT_EQ(got.totals.answers_different, 0u);
    ASSERT_EQ(got.data.size(), expected.data.size());
    EXPECT_TRUE(got.data == expected.data);
    EXPECT_TRUE(got.management == expected.management);
  }
}

/// Init, a snapshot of what came before, and points or batches with a snapshot in the middle.
std::string short_conversation(const test::setting& s, const function& f) {
  const auto snapshot = test::frame_of(test::snapshot_request());
  const auto past = play(f, stream_for(s, f, 60) + snapshot, {.seed = 3}).management;
  ::agent::Response taken;
  const auto last = test::messages(past).back();
  EXPECT_TRUE(taken.ParseFromArray(last.data(), static_cast<int>(last.size())));
  const auto init = test::frame_of(test::init_request(s.options));
  const auto data = stream_for(s, f, 40).substr(init.size());
  std::string requests = init;
  if (!taken.snapshot().snapshot().empty())
    requests += test::frame_of(test::restore_request(taken.snapshot().snapshot()));
  return requests + data + snapshot + data + snapshot;
}

/// Where frames end, from 0 to the end.
std::vector<std::size_t> boundaries(std::string_view frames) {
  std::vector<std::size_t> all{0};
  for (auto left = frames; !left.empty();) {
    const auto next = wire::first_frame(left, std::size_t{1} << 30);
    if (!next) break;
    all.push_back(all.back() + next->size);
    left.remove_prefix(next->size);
  }
  return all;
}

TEST_P(Mortal, WorkersMayDieAtEachEndOfAFrame) {
  const auto f = test::ready_made(GetParam().function);
  const auto requests = short_conversation(GetParam(), f);
  const auto expected = play(f, requests, {.seed = 5});
  const auto same = [&](const disturbance& how) {
    const auto got = play(f, requests, how);
    EXPECT_TRUE(got.data == expected.data);
    EXPECT_EQ(got.totals.answers_different, 0u);
    EXPECT_EQ(count(got.management, wire::message_kind::error), 0u);
    EXPECT_EQ(count(got.management, wire::message_kind::snapshot), 2u);
    EXPECT_EQ(count(got.management, wire::message_kind::restore),
              count(expected.management, wire::message_kind::restore));
    return got.totals.deaths;
  };
  std::uint64_t deaths = 0, tries = 0;
  for (const auto at : boundaries(expected.sent)) {
    SCOPED_TRACE("sent " + std::to_string(at));
    deaths += same({.seed = 5, .after_sent = at});
    ++tries;
  }
  for (const auto at : boundaries(expected.answered)) {
    SCOPED_TRACE("answered " + std::to_string(at));
    deaths += same({.seed = 5, .after_answered = at});
    ++tries;
  }
  // At the last boundaries the conversation may be over.
  EXPECT_GE(deaths + 4, tries);
}

/// Groups are forgotten, by their own times and by the wall clock. When it is told differs from run
/// to run, but each new worker has to hear the same as the one before and to say the same.
TEST_P(Mortal, WorkersForgetTheSameGroups) {
  const auto f = test::ready_made(GetParam().function);
  std::string requests = test::frame_of(test::init_request(GetParam().options));
  test::stream_source source({.groups = 5, .tags = 2, .fields = 2});
  wire::output_buffer out;
  const bool batches = f.wants == edge::batch;
  for (std::size_t i = 0; i < (batches ? 150u : 3000u); ++i) {
    if ((i / (batches ? 20 : 400) + i % 5) % 3 == 0) continue;  // the group is silent for a while
    batches ? source.append_batch(out, i, 20) : source.append_point(out, i);
  }
  requests = test::with_snapshots(requests.append(out.view()), 0.01, 7);
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto got = play(f, requests,
                          {.seed = seed,
                           .death = 0.01,
                           .limits = {.max_groups = 4, .group_ttl = std::chrono::seconds(3)},
                           .wall_speed = 50});
    EXPECT_GE(got.totals.deaths, 1u);
    EXPECT_EQ(got.totals.answers_different, 0u) << testing::PrintToString(got.log);
    EXPECT_EQ(got.totals.poisoned, 0u);
  }
}

std::string points(std::size_t n, const std::string& poison = {}, std::size_t at = 0) {
  std::string requests = test::frame_of(test::init_request({}));
  for (std::size_t i = 0; i < n; ++i) {
    auto p = test::point_request("h" + std::to_string(i % 3), static_cast<std::int64_t>(i),
                                 static_cast<double>(i));
    if (!poison.empty() && i == at) (*p.mutable_point()->mutable_fieldsstring())["s"] = poison;
    requests += test::frame_of(p);
  }
  return requests;
}

TEST(Conversation, SkipsTheRequestThatKillsWorkersAndNoOther) {
  const auto f = make_function<test::talkative>("f");
  for (const std::size_t at : {0u, 1u, 700u, 1999u}) {
    SCOPED_TRACE(at);
    auto without = points(2000, "harmless", at);
    const auto with = points(2000, "POISON", at);
    const auto got = play(f, with, {.seed = at + 1, .poison = "POISON"});
    EXPECT_EQ(got.totals.poisoned, 1u) << testing::PrintToString(got.log);
    ASSERT_EQ(got.poison.size(), 1u);
    EXPECT_NE(got.poison[0].find("POISON"), std::string::npos);
    EXPECT_EQ(test::messages(got.poison[0]).size(), 1u);
    // As if it had never come.
    std::string expected_requests;
    std::string_view left = with;
    while (const auto next = wire::first_frame(left, std::size_t{1} << 20)) {
      if (next->message.find("POISON") == std::string_view::npos)
        expected_requests += left.substr(0, next->size);
      left.remove_prefix(next->size);
    }
    EXPECT_TRUE(got.data == play(f, expected_requests, {}).data);
    EXPECT_EQ(count(got.management, wire::message_kind::error), 0u);
  }
}

TEST(Conversation, SkipsTheWholeBatchThatKillsWorkers) {
  const auto f = test::ready_made("identity_batch");
  test::stream_source source({.groups = 3, .tags = 1, .fields = 1});
  const auto init = test::frame_of(test::init_request({}));
  std::string with = init, without = init;
  for (std::size_t i = 0; i < 50; ++i) {
    wire::output_buffer out;
    source.append_batch(out, i, 10);
    std::string batch(out.view());
    if (i == 20) {
      // The last frame of the batch: what a function does when it has heard all of it.
      const auto end = test::messages(batch).back();
      auto poisoned = ::agent::Request();
      ASSERT_TRUE(poisoned.ParseFromArray(end.data(), static_cast<int>(end.size())));
      poisoned.mutable_end()->set_name("POISON");
      batch.resize(static_cast<std::size_t>(end.data() - batch.data()) - 1);
      with += batch + test::frame_of(poisoned);
      continue;
    }
    with += batch;
    without += batch;
  }
  const auto got = play(f, with, {.seed = 3, .poison = "POISON"});
  EXPECT_EQ(got.totals.poisoned, 1u);
  ASSERT_EQ(got.poison.size(), 1u);
  EXPECT_EQ(test::messages(got.poison[0]).size(), 12u);
  const auto expected = play(f, without, {}).data;
  // The answers of the batch may have come in part; what comes after it is whole.
  ASSERT_GT(got.data.size(), expected.size() / 2);
  EXPECT_EQ(got.data.substr(got.data.size() - expected.size() / 2),
            expected.substr(expected.size() - expected.size() / 2));
}

TEST(Conversation, EndsTheTaskAtAPoisonedRequestIfItIsTo) {
  const auto f = make_function<test::talkative>("f");
  const auto got = play(f, points(100, "POISON", 50),
                        {.seed = 2,
                         .poison = "POISON",
                         .settings = {.poison = journal::on_poison::fail, .info = {}}});
  EXPECT_EQ(count(got.management, wire::message_kind::error), 1u);
  EXPECT_NE(got.management.find("a request kills the function"), std::string::npos);
  EXPECT_NE(got.management.find("poison-file"), std::string::npos);
}

TEST(Conversation, KeepsTheJournalSmallBySnapshotsOfItsOwn) {
  const auto f = make_function<test::talkative>("f");
  const auto requests = points(20'000);
  const auto got =
      play(f, requests,
           {.seed = 5, .death = 0.001, .settings = {.journal_size = 256 << 10, .info = {}}});
  EXPECT_GT(got.totals.snapshots, requests.size() / (256u << 10))
      << testing::PrintToString(got.log);
  EXPECT_EQ(got.totals.bytes_forgotten, 0u);
  EXPECT_TRUE(got.data == play(f, requests, {}).data);
  EXPECT_EQ(count(got.management, wire::message_kind::snapshot), 0u);
}

TEST(Conversation, GoesOnInAnotherSupervisorAlsoWithPoisonAndASmallJournal) {
  const auto f = make_function<test::talkative>("f");
  const auto requests = points(3000, "POISON", 700);
  const test::disturbance how{.seed = 4,
                              .death = 0.001,
                              .poison = "POISON",
                              .settings = {.journal_size = 64 << 10, .info = {}}};
  auto disturbed_how = how;
  disturbed_how.takeover = 0.02;
  const auto expected = play(f, requests, how), got = play(f, requests, disturbed_how);
  EXPECT_GT(got.takeovers, 20u);
  EXPECT_EQ(got.totals.poisoned, 1u);
  EXPECT_TRUE(got.data == expected.data);
  EXPECT_EQ(got.poison, expected.poison);
}

TEST(Conversation, AnswersInfoAndKeepalivesWithoutAWorker) {
  std::string info = test::frame_of(test::info_request());
  journal::conversation c({.info = info}, {});
  const auto keepalive = test::frame_of(test::keepalive_request(123456789));
  const auto bytes = info + keepalive;
  const auto room = c.prepare();
  std::copy(bytes.begin(), bytes.end(), room.begin());
  c.commit(bytes.size(), {});
  EXPECT_EQ(c.output(), bytes);
  EXPECT_FALSE(c.wants_worker({}));
  EXPECT_FALSE(c.closing());
  c.finish({});
  EXPECT_TRUE(c.closing());
}

/// Says how many points it has taken, and which one that was; of a batch how many it had.
struct numbering {
  static constexpr auto provides = edge::stream;
  void on_point(const udf::point& p, udf::emitter& out) {
    out.emit(p, {{"taken", ++taken}, {"value", p.number("value").value_or(-1)}});
  }
  auto state() { return std::tie(taken); }
  std::int64_t taken = 0;
};
struct measuring {
  static constexpr auto provides = edge::stream;
  void on_begin(const udf::batch& b) { expected = b.size(), points = 0; }
  void on_point(const udf::point&, udf::emitter&) { ++points; }
  void on_end(const udf::batch_end& e, udf::emitter& out) {
    out.emit(e, {{"batches", ++batches}, {"points", points}, {"missing", expected - points}});
  }
  auto state() { return std::tie(batches); }
  std::int64_t batches = 0, points = 0, expected = 0;
};

class Overloaded : public testing::TestWithParam<journal::on_overload> {
 protected:
  /// By a worker that is too slow, and dies; with one seed, other supervisors go on as well.
  disturbed play_slowly(const function& f, std::string_view requests, std::uint64_t seed) const {
    return play(f, requests,
                {.seed = seed,
                 .death = 0.001,
                 .takeover = seed == 3 ? 0.02 : 0,
                 .most_work = 8,
                 .socket = std::size_t{16} << 10,
                 .settings = {.overload = {GetParam(), std::size_t{64} << 10}, .info = {}}});
  }
};

TEST_P(Overloaded, EachPointIsTakenOnceAndInOrderOrIsCountedAsDropped) {
  const auto f = make_function<numbering>("f");
  constexpr std::size_t sent = 6'000;
  const auto requests = test::with_snapshots(points(sent), 0.001, 3);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto got = play_slowly(f, requests, seed);
    EXPECT_GT(got.totals.dropped.points, 0u);
    EXPECT_EQ(got.totals.answers_different, 0u) << testing::PrintToString(got.log);
    EXPECT_EQ(count(got.management, wire::message_kind::snapshot),
              count(requests, wire::message_kind::snapshot));
    std::map<std::string, std::int64_t> taken;
    double last = -1;
    std::size_t answers = 0;
    for (const auto m : test::messages(got.data)) {
      ::agent::Response r;
      ASSERT_TRUE(r.ParseFromArray(m.data(), static_cast<int>(m.size())));
      ++answers;
      EXPECT_EQ(r.point().fieldsint().at("taken"), ++taken[r.point().group()]);
      EXPECT_GT(r.point().fieldsdouble().at("value"), last);
      last = r.point().fieldsdouble().at("value");
    }
    EXPECT_EQ(answers + got.totals.dropped.points, sent);
    EXPECT_EQ(got.totals.dropped.batches, 0u);
    EXPECT_TRUE(GetParam() != journal::on_overload::drop_oldest || last == sent - 1.0);
  }
}

TEST_P(Overloaded, BatchesAreTakenOrDroppedAsAWhole) {
  const auto f = make_function<measuring>("f");
  test::stream_source source({.groups = 3, .tags = 1, .fields = 1});
  std::string requests = test::frame_of(test::init_request({}));
  constexpr std::size_t sent = 600, size = 12;
  wire::output_buffer out;
  for (std::size_t i = 0; i < sent; ++i) source.append_batch(out, i, size);
  requests += out.view();
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto got = play_slowly(f, test::with_snapshots(requests, 0.001, 5), seed);
    EXPECT_GT(got.totals.dropped.batches, 0u);
    EXPECT_EQ(got.totals.dropped.points, size * got.totals.dropped.batches);
    std::size_t answers = 0;
    for (const auto m : test::messages(got.data)) {
      ::agent::Response r;
      ASSERT_TRUE(r.ParseFromArray(m.data(), static_cast<int>(m.size())));
      ++answers;
      EXPECT_EQ(r.point().fieldsint().at("points"), static_cast<std::int64_t>(size));
    }
    EXPECT_EQ(answers + got.totals.dropped.batches, sent);
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Overloaded,
                         testing::Values(journal::on_overload::drop_oldest,
                                         journal::on_overload::drop_newest,
                                         journal::on_overload::sample),
                         [](const auto& tested) { return test::name_of_policy(tested.param); });

INSTANTIATE_TEST_SUITE_P(Every, Mortal, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& tested) { return tested.param.name(); });

}  // namespace
}  // namespace kapacitor::udf
