#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "functions/statistics/moving_average.hpp"
#include "property/counting_new.hpp"
#include "server/server.hpp"
#include "support/requests.hpp"
#include "support/streams.hpp"
#include "support/temp_dir.hpp"
#include "support/unix_client.hpp"

// Memory runs out in a server: whichever allocation fails, of the thread that accepts or of the one
// that works, the server serves the next connection.
namespace kapacitor::udf {
namespace {

class serving {
 public:
  serving() : server_(settings(), {log_level::trace, [](log_level, std::string_view) {}}) {
    server_.serve(make_function<functions::moving_average>("moving_average"), path_);
    server_.start();
  }

  /// A whole conversation; it may break off anywhere.
  void talk() const {
    test::unix_client client(path_);
    client.send(conversation_);
    client.half_close();
    client.wait_closed();
  }
  bool serves() const {
    test::unix_client client(path_);
    client.send(test::frame_of(test::info_request()));
    const auto answer = client.receive_answer();
    return answer && answer->has_info();
  }

 private:
  static server::server_settings settings() {
    server::server_settings s;
    s.threads = 1;
    s.linger = std::chrono::milliseconds(50);
    return s;
  }

  test_support::temp_dir folder_;
  std::string path_ = folder_ / "f.sock";
  server::server server_;
  std::string conversation_ =
      test::frame_of(test::init_request({{"field", {"value"}}, {"size", {10}}})) +
      test::encoded_stream({.groups = 3, .tags = 1}, 30) + test::frame_of(test::snapshot_request());
};

TEST(FailingAllocationInAServer, EndsNothingButAConnection) {
  test::spare_this_thread(true);
  const serving server;
  server.talk();
  long n = 0;
  for (;; ++n) {
    test::fail_allocation(n);
    server.talk();
    // What is done after the peer was let go belongs to it as well.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const bool all = !test::allocation_has_failed();
    test::fail_allocation(-1);
    ASSERT_TRUE(server.serves()) << "after allocation " << n << " failed";
    if (all) break;
  }
  test::spare_this_thread(false);
  EXPECT_GT(n, 50);
}

}  // namespace
}  // namespace kapacitor::udf
