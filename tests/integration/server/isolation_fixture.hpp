#pragma once

#include <signal.h>

#include <atomic>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fixture.hpp"
#include "support/child.hpp"

namespace kapacitor::udf::test {

class Isolation : public testing::Test {
 protected:
  // What the log says of a supervisor that goes on for the one before.
  static constexpr auto taken_over = "taken over from the program before";

  void start(std::vector<std::string> words,
             const std::string& program = KAPACITOR_UDF_BIN "/kapacitor-udfd") {
    words.insert(words.begin(), program);
    server_ = std::make_unique<test_support::child>(
        words, test_support::child_streams{"", "", log_path()});
  }
  void serve(const std::string& function, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--socket-dir", dir_.path(), "--function", function});
    start(std::move(more));
  }
  std::string socket(const std::string& name) const { return dir_ / (name + ".sock"); }
  std::string log_path() const { return dir_ / "log"; }
  std::string log() const { return test_support::read_file(log_path()); }

  /// The newest worker; 0: none was started yet.
  pid_t worker() const {
    static const std::regex line("worker started function=\\S+ pid=(\\d+)");
    const auto text = log();
    pid_t pid = 0;
    for (std::sregex_iterator i(text.begin(), text.end(), line), end; i != end; ++i)
      pid = std::stoi((*i)[1]);
    return pid;
  }
  std::size_t count(const std::string& what) const {
    const auto text = log();
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
  }
  /// Kills the newest worker again and again, each time after some more answers.
  std::size_t kill_during(const std::atomic<bool>& over,
                          const std::function<std::size_t()>& answers) {
    std::size_t kills = 0;
    for (std::size_t seen = 0; !over;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (answers() < seen + 1500 || over) continue;
      seen = answers();
      if (const auto pid = worker(); pid > 0 && ::kill(pid, SIGKILL) == 0) ++kills;
    }
    return kills;
  }
  unix_client task(const std::string& path, const std::vector<option>& options) {
    unix_client c(path);
    c.send(frame_of(init_request(options)));
    const auto answer = c.receive_answer();
    EXPECT_TRUE(answer && answer->init().success());
    return c;
  }

  test_support::temp_dir dir_;
  std::unique_ptr<test_support::child> server_;
};

/// Sends points whose values count up, and checks that each answer is the mean of two of them.
class stream_of_pairs {
 public:
  explicit stream_of_pairs(unix_client c) : client_(std::move(c)) {}

  void run(std::size_t points, std::chrono::microseconds pause) {
    std::thread writer([&, points, pause] {
      for (std::size_t i = 0; i < points; ++i) {
        const auto x = static_cast<double>(i);
        ASSERT_TRUE(client_.send(frame_of(point_request("a", static_cast<std::int64_t>(i), x))));
        if (i % 100 == 99) std::this_thread::sleep_for(pause);
      }
      client_.half_close();
    });
    for (std::size_t i = 0;; ++i) {
      const auto answer = client_.receive_answer(std::chrono::seconds(20));
      if (!answer) break;
      ++answers_;
      const auto expected = i == 0 ? 0.0 : static_cast<double>(i) - 0.5;
      if (answer->has_error() || field_of(*answer, "avg") != expected) ++wrong_;
    }
    writer.join();
  }
  std::size_t answers() const { return answers_; }
  std::size_t wrong() const { return wrong_; }

 private:
  unix_client client_;
  std::atomic<std::size_t> answers_ = 0;
  std::size_t wrong_ = 0;
};

}  // namespace kapacitor::udf::test
