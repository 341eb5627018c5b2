#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "journal/overload.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::journal {

/// What becomes of a request that kills its worker.
enum class on_poison {
  skip,  // go on without it; of a batch: without the whole batch
  fail   // end the task with an error
};

struct conversation_settings {
  std::size_t max_message = wire::default_max_message;  // bytes
  std::size_t max_snapshot = std::size_t{1} << 30;      // bytes
  /// Requests and hashes of answers since the last snapshot, in bytes; a snapshot that is larger
  /// earns as much room for them.
  std::size_t journal_size = std::size_t{64} << 20;
  std::chrono::milliseconds max_down{60'000};
  std::chrono::milliseconds max_busy{60'000};
  /// While Kapacitor has to wait, it is told so often that the function is alive: its own
  /// keepalives wait, too.
  std::chrono::milliseconds heartbeat{1'000};
  on_poison poison = on_poison::skip;
  overload_settings overload = {};
  /// The worker is one of ours: it says `ended` last, and asks for the time.
  bool own_worker = true;
  std::string function = {};  // its name, for the log
  /// What Kapacitor's InfoRequest is answered with: a whole frame.
  std::string info = {};
};

}  // namespace kapacitor::udf::journal
