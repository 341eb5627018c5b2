#include <algorithm>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "property/counting_new.hpp"
#include "session/session.hpp"
#include "support/ready_made.hpp"
#include "support/requests.hpp"
#include "support/streams.hpp"
#include "wire/output_buffer.hpp"
#include <kapacitor/udf/engine.hpp>

// Memory runs out at any moment: the task ends with a clean error or goes on, and nothing else of
// the program is harmed. Every allocation of a run fails in turn.

// libprotobuf forgets a message that it has made for a list if the list cannot grow.
extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:google::protobuf::Arena\n";
}

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

/// An engine that skips errors goes on after each: the group begins anew. Batches come whole or not
/// at all.
class FailingAllocationOfPoints : public FailingAllocation {
 protected:
  /// Each eighth point comes after a silence that is too long.
  static timestamp time_of(int i) {
    return timestamp(std::chrono::seconds(1'600'000'000 + i + i / 8 * 40));
  }
};

TEST_P(FailingAllocationOfPoints, LeavesAnEngineThatSkipsErrorsUsable) {
  const auto f = test::ready_made(GetParam().function);
  std::vector<std::string> hosts = {"a", "b", "c"};
  const auto run = [&] {
    try {
      engine e(f, GetParam().options, [](const result&) {},
               {.group_by = {.tags = {"host"}},
                .limits = {.group_ttl = std::chrono::seconds(30)},
                .on_error = error_policy::skip});
      for (int i = 0; i < 12; ++i) {
        const tag of_host{"host", hosts[static_cast<std::size_t>(i) % hosts.size()]};
        const field fields[] = {{"value", 20.0 + i % 5}, {"value1", 1.0 * i}};
        try {
          e.add({.name = "cpu", .tags = {&of_host, 1}, .fields = fields, .time = time_of(i)});
          if (i % 4 == 3) e.load(e.save());
          if (i % 6 == 5) e.advance(time_of(i));
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

std::vector<test::setting> settings_of_points() {
  auto all = test::ready_made_settings();
  std::erase_if(all,
                [](const auto& s) { return test::ready_made(s.function).wants == edge::batch; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Functions, FailingAllocation,
                         testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });
INSTANTIATE_TEST_SUITE_P(Functions, FailingAllocationOfPoints,
                         testing::ValuesIn(settings_of_points()),
                         [](const auto& one) { return one.param.name(); });

struct of_bad_constructor {
  static inline bool throws = false;
  of_bad_constructor() {
    if (throws) throw std::runtime_error("no memory");
  }
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"n", ++n}}); }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
};

TEST(FailingConstructor, CostsAnEngineThatSkipsErrorsThatPoint) {
  std::vector<std::int64_t> counts;
  engine e(make_function<of_bad_constructor>("f"), {},
           [&](const result& r) { counts.push_back(*r.find("n")->integer()); },
           {.group_by = {.tags = {"host"}},
            .limits = {.max_groups = 2},
            .on_error = error_policy::skip});
  const auto add = [&](const char* host, bool in_vain = false) {
    of_bad_constructor::throws = in_vain;
    const tag of_host{"host", host};
    e.add({.name = "cpu", .tags = {&of_host, 1}});
    of_bad_constructor::throws = false;
  };
  add("a");
  add("b", true);
  EXPECT_EQ(e.totals().groups, 1u);
  e.load(e.save());
  add("b");
  add("a");
  EXPECT_EQ(counts, (std::vector<std::int64_t>{1, 1, 2}));
  add("c", true);  // in the place of another
  e.load(e.save());
  add("a");
  add("c");
  add("c");
  EXPECT_EQ(counts, (std::vector<std::int64_t>{1, 1, 2, 1, 1, 2}));
  EXPECT_EQ(e.totals().errors, 2u);
}

/// Remembers a text: of 1,000 bytes, or as many as the field says.
struct heavy {
  static inline std::size_t saved = 0;
  void on_point(const udf::point& p, udf::emitter&) {
    text.assign(static_cast<std::size_t>(p.number("size").value_or(1'000)), 'x');
  }
  auto state() {
    ++saved;
    return std::tie(text);
  }
  std::string text;
};

/// A session of `heavy` with 200 groups, fed through.
class heavy_session {
 public:
  explicit heavy_session(std::size_t max_snapshot)
      : session_(function_, {.max_snapshot = max_snapshot},
                 {log_level::error,
                  [this](log_level, std::string_view line) { errors.emplace_back(line); }}) {
    feed(test::frame_of(test::init_request({})));
    for (int i = 0; i < 4; ++i) feed(points_);
  }

  void feed(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto room = session_.prepare();
      const auto n = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), n, room.begin());
      session_.commit(n);
      bytes.remove_prefix(n);
      for (bool more = true; more;) {
        more = session_.process();
        said += session_.output().size();
        session_.consume_output(session_.output().size());
      }
    }
  }
  void ask_for_snapshot() { feed(snapshot_); }
  agent::session& session() { return session_; }

  std::vector<std::string> errors;
  std::size_t said = 0;  // bytes

 private:
  const function function_ = make_function<heavy>("heavy");
  const std::string snapshot_ = test::frame_of(test::snapshot_request());
  const std::string points_ = test::encoded_stream({.groups = 200, .tags = 1}, 200);
  agent::session session_;
};

/// Taking a snapshot is no reason to stop a task that works, whatever happens.
TEST(FailingAllocationOfASnapshot, NeverStopsTheTask) {
  long failed = 0;
  for (long n = 0; n < 40; ++n) {
    heavy_session s(std::size_t{1} << 30);
    s.session().prepare();
    test::fail_allocation(n);
    s.ask_for_snapshot();
    failed += test::allocation_has_failed();
    test::fail_allocation(-1);
    EXPECT_FALSE(s.session().closing()) << "allocation " << n;
    s.ask_for_snapshot();
    EXPECT_FALSE(s.session().closing());
  }
  EXPECT_GT(failed, 3);
}

TEST(LargeSnapshot, IsWrittenUpToItsLimitAndTriedLessAndLessOften) {
  heavy_session s(20'000);  // of 200 kB
  heavy::saved = 0;
  s.ask_for_snapshot();
  EXPECT_LT(heavy::saved, 40u) << "the limit is reached by the 20th group";
  heavy::saved = 0;
  for (int i = 1; i < 20; ++i) s.ask_for_snapshot();
  EXPECT_LT(heavy::saved, 4 * 40u) << "the 2nd, 4th, 8th and 16th time";
  ASSERT_EQ(s.errors.size(), 3u) << "at the 1st, 2nd and 4th failure";
  EXPECT_NE(s.errors[0].find("snapshot not kept: larger than --max-snapshot function=heavy"),
            std::string::npos)
      << s.errors[0];
  EXPECT_NE(s.errors[0].find("of 200\" limit=20000 failures=1"), std::string::npos) << s.errors[0];
  EXPECT_FALSE(s.session().closing());
}

/// 64 groups that have much, then many that have little: a reserve by the first would be of 40 GB.
TEST(LargeSnapshot, ReservesNoMoreThanItsLimit) {
  engine e(make_function<heavy>("heavy"), {}, [](const result&) {},
           {.group_by = {.tags = {"host"}}, .limits = {.max_snapshot = std::size_t{8} << 20}});
  for (int i = 0; i < 20'000; ++i) {
    const auto host = std::to_string(i);
    const tag of_host{"host", host};
    const field size{"size", i < 64 ? 100'000 : 1};
    e.add({.name = "cpu", .tags = {&of_host, 1}, .fields = {&size, 1}});
  }
  const auto saved = e.save();
  EXPECT_GT(saved.size(), 6'400'000u);
  EXPECT_LE(saved.capacity(), std::size_t{16} << 20);
}

}  // namespace
}  // namespace kapacitor::udf
