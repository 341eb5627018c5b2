#include <unistd.h>

#include <gtest/gtest.h>

#include "fixture.hpp"
#include "server/stdio.hpp"

// Functions that ask for the time, behind a real server.
namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;

/// Says at each second how many points it has heard, and at the end how many there were.
struct counting {
  void on_point(const point&, emitter&) { ++points; }
  void on_time(timestamp now, emitter& out) {
    out.emit(header{.name = "time"}, now, {{"n", points}});
  }
  void on_finish(emitter& out) { out.emit(header{.name = "end"}, timestamp(), {{"n", points}}); }

  double points = 0;
};

class Clock : public testing::Test {
 protected:
  Clock() {
    server::server_settings settings;
    settings.threads = 1;
    server_.emplace(settings, log_.sink());
    server_->serve(make_function<counting>("counting"), dir_ / "counting.sock");
    server_->serve(make_function<twice>("twice"), dir_ / "twice.sock");
    server_->start();
  }
  std::string path(const std::string& name) const { return dir_ / (name + ".sock"); }

  test_support::temp_dir dir_;
  collected_log log_;
  std::optional<server::server> server_;
};

void expect_now(const ::agent::Response& r) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto said = std::chrono::nanoseconds(r.point().time());
  EXPECT_EQ(r.point().name(), "time");
  EXPECT_LT(std::chrono::abs(now - said), 10s);
}

TEST_F(Clock, IsToldToAFunctionWhileNothingComes) {
  auto c = started_task(path("counting"));
  c.send(points(3));
  for (int i = 0; i < 3; ++i) {
    const auto r = c.receive_answer();
    ASSERT_TRUE(r);
    expect_now(*r);
    EXPECT_EQ(field_of(*r, "n"), 3);
  }
}

TEST_F(Clock, DoesNotLosePointsThatComeWithIt) {
  auto c = started_task(path("counting"));
  const auto until = std::chrono::steady_clock::now() + 2500ms;
  double sent = 0;
  while (std::chrono::steady_clock::now() < until) {
    c.send(points(10));
    sent += 10;
    std::this_thread::sleep_for(1ms);
  }
  c.half_close();
  const auto all = c.receive_all();
  EXPECT_TRUE(c.closed());
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all.back().point().name(), "end");
  EXPECT_EQ(field_of(all.back(), "n"), sent);
}

TEST_F(Clock, IsNotAskedForByOthers) {
  auto c = started_task(path("twice"));
  EXPECT_FALSE(c.receive_answer(1500ms));
  EXPECT_FALSE(c.closed());
}

TEST_F(Clock, DoesNotKeepAServerFromStopping) {
  auto c = started_task(path("counting"));
  c.send(points(1));
  ASSERT_TRUE(c.receive_answer());
  EXPECT_TRUE(server_->stop());
  EXPECT_TRUE(c.wait_closed());
}

TEST(ClockOfStdio, IsToldToAFunctionWhileNothingComes) {
  int in[2], out[2];
  ASSERT_EQ(::pipe(in), 0);
  ASSERT_EQ(::pipe(out), 0);
  std::thread process([&] {
    collected_log log;
    const auto f = make_function<counting>("counting");
    server::serve_stdio(f, {.session = {}, .heartbeats = {}, .in = in[0], .out = out[1]},
                        log.sink());
    ::close(out[1]);
  });
  const auto said = frame_of(init_request({}, "task")) + points(2);
  ASSERT_EQ(::write(in[1], said.data(), said.size()), static_cast<ssize_t>(said.size()));
  std::this_thread::sleep_for(2500ms);
  ::close(in[1]);
  std::string answers;
  char some[4096];
  for (ssize_t n = 0; (n = ::read(out[0], some, sizeof some)) > 0;) {
    answers.append(some, static_cast<std::size_t>(n));
  }
  process.join();
  std::vector<::agent::Response> all;
  std::string_view left = answers;
  while (const auto frame = wire::first_frame(left, left.size())) {
    ASSERT_TRUE(all.emplace_back().ParseFromArray(frame->message.data(),
                                                  static_cast<int>(frame->message.size())));
    left.remove_prefix(frame->size);
  }
  ASSERT_GE(all.size(), 4u);  // init, two seconds, the end
  expect_now(all[1]);
  expect_now(all[2]);
  EXPECT_EQ(all.back().point().name(), "end");
  EXPECT_EQ(field_of(all.back(), "n"), 2);
  ::close(in[0]);
  ::close(out[0]);
}

}  // namespace
}  // namespace kapacitor::udf::test
