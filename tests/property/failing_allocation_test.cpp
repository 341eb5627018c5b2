#include <algorithm>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "property/counting_new.hpp"
#include "support/ready_made.hpp"
#include "support/requests.hpp"
#include "support/streams.hpp"
#include "wire/output_buffer.hpp"

// Memory runs out at any moment: the task ends with a clean error or goes on, and nothing else of
// the program is harmed. Every allocation of a run fails in turn.
namespace kapacitor::udf {
namespace {

/// Calls `run` again and again, each time with another allocation failing, until none is left.
/// Returns: how many there were.
long fail_each_allocation(const std::function<void()>& run) {
  long n = 0;
  for (;; ++n) {
    test::fail_allocation(n);
    run();
    const bool all = !test::allocation_has_failed();
    test::fail_allocation(-1);
    if (all || testing::Test::HasFailure()) return n;
  }
}

/// All that Kapacitor says to a task, in bytes.
struct conversation {
  std::string init, points, snapshot, more;

  explicit conversation(const test::setting& s)
      : init(test::frame_of(test::init_request(s.options))),
        snapshot(test::frame_of(test::snapshot_request())) {
    const test::stream_shape shape{.groups = 3, .tags = 1, .fields = 2};
    if (test::ready_made(s.function).wants == edge::batch) {
      points = test::encoded_batches(shape, 3, 4);
      more = test::encoded_batches(shape, 2, 4);
    } else {
      points = test::encoded_stream(shape, 12);
      more = test::encoded_stream(shape, 4);
    }
  }
};

/// Everything that a driver does with a session: false if it ended, by an error or for want of
/// memory.
class talk {
 public:
  talk(const function& f, const conversation& c) : session_(f, {}, {}), conversation_(c) {}

  bool run() {
    try {
      for (const auto* part : {&conversation_.init, &conversation_.points, &conversation_.snapshot,
                               &conversation_.more, &conversation_.snapshot}) {
        if (!feed(*part)) return false;
      }
      session_.advance(timestamp::clock::now());
      session_.finish();
      work();
      return !session_.failed();
    } catch (const std::bad_alloc&) {
      return false;  // a connection closes then
    }
  }

 private:
  bool feed(std::string_view bytes) {
    while (!bytes.empty() && !session_.closing()) {
      const auto room = session_.prepare();
      const auto n = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), n, room.begin());
      session_.commit(n);
      bytes.remove_prefix(n);
      work();
    }
    return !session_.failed();
  }
  void work() {
    for (bool more = true; more;) {
      more = session_.process();
      session_.consume_output(session_.output().size());
    }
  }

  agent::session session_;
  const conversation& conversation_;
};

class FailingAllocation : public testing::TestWithParam<test::setting> {};

TEST_P(FailingAllocation, EndsTheSessionCleanlyOrIsOvercome) {
  const auto f = test::ready_made(GetParam().function);
  const conversation c(GetParam());
  ASSERT_TRUE(talk(f, c).run()) << "with all the memory that it wants";
  const auto n = fail_each_allocation([&] { talk(f, c).run(); });
  EXPECT_GT(n, 10);
}

/// An engine that skips errors goes on after each, with whatever the function was left as.
TEST_P(FailingAllocation, LeavesAnEngineThatSkipsErrorsUsable) {
  const auto f = test::ready_made(GetParam().function);
  if (f.wants == edge::batch) GTEST_SKIP() << "batches come whole or not at all";
  std::vector<std::string> hosts = {"a", "b", "c"};
  const auto run = [&] {
    try {
      engine e(f, GetParam().options, [](const result&) {},
               {.group_by = {.tags = {"host"}}, .on_error = error_policy::skip});
      for (int i = 0; i < 12; ++i) {
        const tag of_host{"host", hosts[static_cast<std::size_t>(i) % hosts.size()]};
        const field fields[] = {{"value", 20.0 + i % 5}, {"value1", 1.0 * i}};
        try {
          e.add({.name = "cpu",
                 .tags = {&of_host, 1},
                 .fields = fields,
                 .time = timestamp(std::chrono::seconds(1'600'000'000 + i))});
          if (i % 4 == 3) e.load(e.save());
        } catch (const std::exception&) {
          // Of the engine's own: it goes on as well.
        }
      }
      e.finish();
    } catch (const std::exception&) {
      // Before there was an engine, or at its end.
    }
  };
  EXPECT_GT(fail_each_allocation(run), 5);
}

INSTANTIATE_TEST_SUITE_P(Functions, FailingAllocation,
                         testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

struct heavy {
  void on_point(const udf::point&, udf::emitter&) { text.assign(1'000, 'x'); }
  auto state() { return std::tie(text); }
  std::string text;
};

/// Taking a snapshot is no reason to stop a task that works, whatever happens.
TEST(FailingAllocationOfASnapshot, NeverStopsTheTask) {
  const auto f = make_function<heavy>("heavy");
  const auto init = test::frame_of(test::init_request({}));
  const auto snapshot = test::frame_of(test::snapshot_request());
  const auto points = test::encoded_stream({.groups = 200, .tags = 1}, 400);
  const auto feed = [](agent::session& s, std::string_view bytes) {
    const auto room = s.prepare();
    ASSERT_GE(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    s.commit(bytes.size());
    while (s.process()) s.consume_output(s.output().size());
    s.consume_output(s.output().size());
  };
  long failed = 0;
  for (long n = 0; n < 40; ++n) {
    agent::session s(f, {}, {});
    feed(s, init);
    for (std::string_view rest = points; !rest.empty();) {
      const auto piece = rest.substr(0, 4'000);
      feed(s, piece);
      rest.remove_prefix(piece.size());
    }
    s.prepare();
    test::fail_allocation(n);
    feed(s, snapshot);
    failed += test::allocation_has_failed();
    test::fail_allocation(-1);
    EXPECT_FALSE(s.closing()) << "allocation " << n;
    feed(s, snapshot);
    EXPECT_FALSE(s.closing());
  }
  EXPECT_GT(failed, 3);
}

}  // namespace
}  // namespace kapacitor::udf
