#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fixture.hpp"
#include "support/process_memory.hpp"

namespace kapacitor::udf::test {
namespace {

using namespace std::chrono_literals;
using test_support::eventually;

std::size_t descriptors() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

TEST(Server, ServesAThousandTasksAndOneThatMisbehavesDisturbsNone) {
  server::raise_descriptor_limit();
  running_server s;
  std::vector<unix_client> tasks;
  for (int i = 0; i < 1000; ++i)
    tasks.push_back(started_task(s.path("twice"), "t" + std::to_string(i)));

  auto garbage = s.connect(), huge = s.connect(), half = s.connect();
  auto unread = started_task(s.path("twice"), "unread");
  garbage.send("\x03xyz");
  huge.send("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  half.send("\x7f\x01");
  const auto many = points(20'000);
  unread.send_now(many);
  {
    auto abrupt = started_task(s.path("twice"), "abrupt");
    abrupt.send(points(100));
  }

  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      tasks[i].send(frame_of(point_request("a", round, static_cast<double>(i))));
    }
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const auto answer = tasks[i].receive_answer();
      ASSERT_TRUE(answer);
      ASSERT_EQ(field_of(*answer, "twice"), 2.0 * static_cast<double>(i));
    }
  }
  EXPECT_TRUE(garbage.wait_closed());
  EXPECT_TRUE(huge.wait_closed());
  EXPECT_TRUE(s.stop());
}

TEST(Server, LeaksNothingOverTenThousandConnections) {
  running_server s({}, log_level::error);
  const auto request = frame_of(init_request({})) + points(3);
  const auto use = [&] {
    auto c = s.connect();
    c.send(request);
    c.half_close();
    ASSERT_EQ(c.receive_all().size(), 4U);
  };
  for (int i = 0; i < 500; ++i) use();
  const auto descriptors_before = descriptors();
  const auto bytes_before = test_support::own_memory();
  for (int i = 0; i < 10'000; ++i) use();
  EXPECT_TRUE(eventually([&] { return descriptors() <= descriptors_before; }));
  if (sanitized) return;
  constexpr std::size_t slack = std::size_t{1} << 20;  // 100 bytes a connection
  EXPECT_LT(test_support::own_memory(), bytes_before + slack);
}

/// No descriptor is left for this process, for as long as it lives.
class no_descriptors {
 public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &old_);
    rlimit fewer = old_;
    fewer.rlim_cur = descriptors() + 8;
    ::setrlimit(RLIMIT_NOFILE, &fewer);
    for (int copy = 0; (copy = ::dup(STDERR_FILENO)) >= 0;) copies_.push_back(copy);
  }
  ~no_descriptors() {
    for (const int copy : copies_) ::close(copy);
    ::setrlimit(RLIMIT_NOFILE, &old_);
  }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

 private:
  rlimit old_{};
  std::vector<int> copies_;
};

int connect_to(int socket, const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  path.copy(to.sun_path, sizeof to.sun_path - 1);
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

TEST(Server, OutOfDescriptorsItSaysSoOnceAndGoesOnLater) {
  running_server s;
  // Client and server share the limit here: the client's descriptor is taken beforehand.
  const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
  {
    const no_descriptors none;
    EXPECT_EQ(connect_to(client, s.path("twice")), 0);
    EXPECT_TRUE(eventually([&] { return s.log.count(log_level::error, "cannot accept") == 1; }));
    std::this_thread::sleep_for(500ms);  // several attempts
    EXPECT_EQ(s.log.count(log_level::error, "cannot accept"), 1U);
  }
  EXPECT_TRUE(
      eventually([&] { return s.log.count(log_level::info, "accepting connections again") == 1; }));
  auto c = started_task(s.path("twice"));
  c.send(points(1));
  EXPECT_TRUE(c.receive_answer());
  ::close(client);
}

}  // namespace
}  // namespace kapacitor::udf::test
