#include <functional>

#include <gtest/gtest.h>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include "support/requests.hpp"
#include "support/session_driver.hpp"
#include "support/streams.hpp"
#include <kapacitor/udf.hpp>

// A session whose peer is a supervisor: it tells the time, and hears what Kapacitor does not.
namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t time_number = 7;

/// Counts, and says how many it has heard each time that it is told the time.
struct reporting {
  void on_point(const udf::point&, udf::emitter&) { ++points; }
  void on_time(timestamp now, udf::emitter& out) {
    out.emit(udf::header{.name = "n"}, now, {{"points", points}});
  }
  std::int64_t points = 0;
};

/// Forwards what its clock believes.
struct judging {
  struct options : udf::clock_options {
    static auto describe() { return schema<options>{}.with(udf::clock()); }
  };
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
};

struct forwarding {
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
};

std::string in_frame(const std::string& message) {
  wire::output_buffer out;
  wire::append_frame(out, message, wire::default_max_message);
  return std::string(out.view());
}
std::string time_request(std::chrono::nanoseconds now) {
  std::string message;
  protozero::pbf_writer request(message);
  protozero::pbf_writer(request, time_number).add_int64(1, now.count());
  return in_frame(message);
}
std::string point_at(std::chrono::nanoseconds time) {
  ::agent::Request request;
  request.mutable_point()->set_time(time.count());
  (*request.mutable_point()->mutable_fieldsdouble())["x"] = 1;
  return test::framed(request);
}

/// The value of the varint field `inner` in the message field `outer` of a response; 0: none.
std::uint64_t number_in(std::string_view response, std::uint32_t outer, std::uint32_t inner) {
  protozero::pbf_reader message(response.data(), response.size());
  while (message.next(outer)) {
    auto body = message.get_message();
    while (body.next(inner)) return body.get_uint64();
  }
  return 0;
}

class Supervised : public testing::Test {
 protected:
  test::session_driver& start(function f, agent::session_settings settings = {}) {
    settings.supervised = true;
    driver_.emplace(std::move(f), settings);
    driver_->feed(test::frame_of(test::init_request({})));
    return *driver_;
  }
  /// What follows the answer to Init: 0 if nothing does.
  std::uint64_t asked() {
    const auto all = test::messages(driver_->bytes());
    return all.size() < 2 ? 0 : number_in(all[1], time_number, 1);
  }

 private:
  std::optional<test::session_driver> driver_;
};

TEST_F(Supervised, AsksForTheTimeEachSecondIfTheFunctionHasOnTime) {
  start(make_function<reporting>("f"));
  EXPECT_EQ(asked(), 1u);
}

TEST_F(Supervised, AsksForTheTimeInFrontOfPointsIfTheirTimesAreJudged) {
  start(make_function<judging>("f"));
  EXPECT_EQ(asked(), 2u);
}

TEST_F(Supervised, DoesNotAskForATimeThatNobodyNeeds) {
  auto& driver = start(make_function<forwarding>("f"));
  EXPECT_EQ(test::messages(driver.bytes()).size(), 1u);
}

TEST_F(Supervised, NeedsNoTimerOfItsDriver) {
  auto& driver = start(make_function<reporting>("f"));
  EXPECT_FALSE(driver.session().wants_time());
}

TEST_F(Supervised, HearsTheTimeInTheOrderOfTheRequestsHoweverTheyArrive) {
  const auto bytes = point_at(1s) + time_request(10s) + point_at(2s) + point_at(3s) +
                     time_request(20s) + time_request(30s);
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    auto& driver = start(make_function<reporting>("f"));
    driver.responses();
    driver.feed(bytes, chunk);
    std::vector<std::pair<std::int64_t, std::int64_t>> said;
    for (const auto& r : driver.responses()) {
      said.emplace_back(r.point().time(), r.point().fieldsint().at("points"));
    }
    const std::vector<std::pair<std::int64_t, std::int64_t>> expected{
        {10'000'000'000, 1}, {20'000'000'000, 3}, {30'000'000'000, 3}};
    EXPECT_EQ(said, expected) << "in pieces of " << chunk;
  }
}

TEST_F(Supervised, SaysAllThatIsDueBeforeItReadsOnAlsoIfThatFillsTheOutput) {
  // More than the output holds at once, for each time that is told.
  struct verbose {
    void on_point(const udf::point&, udf::emitter&) { ++points; }
    void on_time(timestamp now, udf::emitter& out) {
      const std::string text(100'000, 'x');
      out.emit(udf::header{.name = text}, now, {{"points", points}});
    }
    std::int64_t points = 0;
  };
  auto& driver = start(make_function<verbose>("f"));
  driver.responses();
  const auto points = test::encoded_stream({.groups = 30}, 30);
  driver.feed(points + time_request(1s) + points + time_request(2s));
  const auto said = driver.responses();
  ASSERT_EQ(said.size(), 60u);
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(said[i].point().fieldsint().at("points"), i < 30 ? 1 : 2) << i;
  }
}

TEST_F(Supervised, JudgesTimesByTheTimeThatItWasTold) {
  auto& driver = start(make_function<judging>("f"));
  driver.responses();
  driver.feed(time_request(1000s));
  // Far in the past for this machine, and one hour ahead for the supervisor.
  driver.feed(point_at(4600s));
  EXPECT_TRUE(driver.responses().empty());
  driver.feed(time_request(4600s) + point_at(1000s) + point_at(4601s));
  EXPECT_FALSE(driver.responses().empty());
}

TEST_F(Supervised, BelievesAllTimesUntilItIsToldOne) {
  auto& driver = start(make_function<judging>("f"));
  driver.responses();
  driver.feed(point_at(std::chrono::hours(24 * 365 * 230)));
  EXPECT_EQ(driver.responses().size(), 1u);
}

TEST_F(Supervised, RefusesATimeBeforeInit) {
  agent::session_settings settings;
  settings.supervised = true;
  test::session_driver driver(make_function<reporting>("f"), settings);
  driver.feed(time_request(1s));
  EXPECT_TRUE(driver.logged(log_level::error, "the time is told before init"));
}

TEST_F(Supervised, IsNobodyWhoSpeaksToKapacitor) {
  test::session_driver driver(make_function<reporting>("f"));
  driver.feed(test::frame_of(test::init_request({})));
  EXPECT_EQ(test::messages(driver.bytes()).size(), 1u);
  driver.feed(time_request(1s));
  EXPECT_TRUE(driver.logged(log_level::error, "a request of the unknown kind 7"));
}

/// What is said of a snapshot: whether it was not taken.
std::uint64_t not_taken_after(test::session_driver& driver) {
  driver.responses();
  ::agent::Request request;
  request.mutable_snapshot();
  driver.feed(request);
  const auto all = test::messages(driver.bytes());
  EXPECT_EQ(all.size(), 1u);
  const auto found = all.empty() ? 9 : number_in(all[0], 4, 2);
  for (const auto& r : driver.responses()) EXPECT_EQ(r.snapshot().snapshot(), "");
  return found;
}

struct remembering {
  void on_point(const udf::point& p, udf::emitter&) { last = p.number("x").value_or(0); }
  auto state() { return std::tie(last); }
  double last = 0;
};

TEST(SnapshotResponse, ThatIsEmptySaysWhetherThereWasSomethingToRemember) {
  test::session_driver nothing(make_function<forwarding>("f"));
  nothing.feed(test::frame_of(test::init_request({})));
  EXPECT_EQ(not_taken_after(nothing), 0u);

  test::session_driver too_large(make_function<remembering>("f"), {.max_snapshot = 16});
  too_large.feed(test::frame_of(test::init_request({})) + point_at(1s));
  EXPECT_EQ(not_taken_after(too_large), 1u);
  EXPECT_EQ(not_taken_after(too_large), 1u);
  // This one rests, after two failures.
  EXPECT_EQ(not_taken_after(too_large), 1u);
}

std::function<void()>* at_each_point = nullptr;

TEST(WorkPlace, NamesWhatIsAtWorkAndCountsTheRequests) {
  struct watched {
    void on_point(const udf::point&, udf::emitter&) { (*at_each_point)(); }
    auto state() {
      (*at_each_point)();
      return std::tie(n);
    }
    int n = 0;
  };
  test::session_driver driver(make_function<watched>("f"));
  std::vector<std::tuple<std::string, std::string, std::uint64_t, bool>> seen;
  std::function<void()> look = [&] {
    const auto at = driver.session().place();
    EXPECT_EQ(at.function, "f");
    EXPECT_EQ(at.task_id, driver.session().task_id());
    seen.emplace_back(at.node_id, at.group, at.frame, at.saves);
  };
  at_each_point = &look;
  driver.feed(test::frame_of(test::init_request({})));
  ::agent::Request p, snapshot;
  p.mutable_point()->set_group("host=a");
  snapshot.mutable_snapshot();
  for (const auto& request : {p, p, snapshot, p}) driver.feed(request);
  const auto node = driver.session().node_id();
  EXPECT_NE(node, "");
  const decltype(seen) expected{{node, "host=a", 2, false},
                                {node, "host=a", 3, false},
                                {node, "", 4, true},
                                {node, "host=a", 5, false}};
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace kapacitor::udf
