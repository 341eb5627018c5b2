#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kapacitor {

/// Looks, from another thread and without waiting, whether event loops turn.
///
/// Threads: one
class loop_watch {
 public:
  using clock = std::chrono::steady_clock;

  struct loop {
    std::string name;
    // Has the loop call it, as asio::post() does.
    std::function<void(std::function<void()>)> post;
    // Whether it has a reason not to turn for now. Null: there is none
    std::function<bool()> excused = nullptr;
  };

  /// It counts as having turned by now.
  void add(loop l, clock::time_point now = clock::now()) {
    loops_.push_back({std::move(l), std::make_shared<turns>(now)});
  }

  /// Asks each loop that has answered the last question for another turn. To be called more than
  /// once within `patience`.
  ///
  /// Returns: the name of a loop that has not turned for longer than `patience`; empty: all have
  std::string stuck(std::chrono::milliseconds patience, clock::time_point now = clock::now()) {
    std::string found;
    for (auto& one : loops_) {
      const bool late = now - one.seen->last.load() > patience;
      if (late && found.empty() && !(one.what.excused && one.what.excused())) found = one.what.name;
      if (!one.seen->asked.exchange(true)) ask(one);
    }
    return found;
  }

 private:
  struct turns {
    explicit turns(clock::time_point at) : last(at) {}
    std::atomic<clock::time_point> last;
    std::atomic<bool> asked = false;
  };
  struct watched {
    loop what;
    std::shared_ptr<turns> seen;  // outlives us in what is posted
  };

  static void ask(const watched& one) {
    one.what.post([seen = one.seen] {
      seen->last = clock::now();
      seen->asked = false;
    });
  }

  std::vector<watched> loops_;
};

}  // namespace kapacitor
