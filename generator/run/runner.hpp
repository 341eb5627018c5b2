#pragma once

#include <memory>
#include <optional>
#include <string>

#include "delivery/delivery.hpp"
#include "run/console.hpp"
#include "run/event_loop.hpp"
#include "run/preparation.hpp"
#include "run/settings.hpp"
#include "run/summary.hpp"
#include "run/tick_feed.hpp"
#include "source/source.hpp"
#include "source/label_files.hpp"
#include "target/server.hpp"
#include "target/target.hpp"

namespace kapacitor::generator {

/// One run of the generator, from the first question to the server to the summary.
///
/// Errors:  usage_error from the constructor, before anything was sent
/// Threads: one
class runner {
 public:
  explicit runner(settings s);
  ~runner();
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;

  /// Runs to the end; the exit code.
  int run();

 private:
  void make_source();
  void make_delivery();
  bool at_once() const;
  tick_interval interval() const;
  void make_feed();
  void loop();
  bool step();
  bool act(const delivery::action& a);
  bool handle_signals(steady_time now);
  void make_database_again();
  void end_of_feed(steady_time now);
  void show_progress(steady_time now);
  void check_clock(steady_time now);
  int exit_code() const;
  void conclude();

  settings settings_;
  console console_;
  event_loop loop_;
  std::unique_ptr<label_files> truth_;
  std::unique_ptr<source> source_;
  std::unique_ptr<server> server_;  // null: dry run
  std::unique_ptr<target> file_;
  target* target_ = nullptr;
  std::unique_ptr<delivery> delivery_;
  std::unique_ptr<tick_feed> feed_;
  std::unique_ptr<preparation> preparation_;

  steady_time started_{};
  steady_time stop_by_ = steady_time::max();
  steady_time progress_at_ = steady_time::max();
  std::uint64_t shown_ = 0;  // accepted points when progress was last shown
  steady_time shown_at_{};
  bool feed_ended_ = false;
  bool clock_warned_ = false;
  bool reader_left_ = false;        // of a dry run
  std::optional<run_ended> ended_;  // early, and why
};

}  // namespace kapacitor::generator
