#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/options/table.hpp"
#include "base/text/log.hpp"
#include "metrics/watched_group.hpp"
#include "supervise/view.hpp"

namespace kapacitor::udf::server {

/// What a program that serves functions lets others see. To be called in any thread, by one at a
/// time.
struct sight {
  /// What its tasks do at a moment; empty: its loop has not turned for a while.
  std::function<std::optional<std::vector<supervise::function_view>>()> look;
  /// The points of a group, as they come; empty: as above.
  std::function<std::optional<metrics::watched_group>(const metrics::watch_request&)> watch;
};

/// A watcher at work, until it is let go.
struct watch_at_work {
  std::shared_ptr<void> alive;
  std::function<void(std::function<void()>)> post;  // has its thread call something
};

/// Somebody who tells others how the program is. An interface of its own: programs made with
/// udf::run need none of the libraries for that.
struct watcher {
  /// Adds its options to those of the program.
  std::function<void(option_rows&)> add_options;
  /// Whether the options ask for it.
  std::function<bool()> wanted;
  /// Begins. Errors: usage_error
  std::function<watch_at_work(const sight&, const log_sink&)> start;
};

}  // namespace kapacitor::udf::server
