#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "journal/settings.hpp"
#include "server/socket_file.hpp"
#include "supervise/fd_store.hpp"

namespace kapacitor::udf::supervise {

/// How far tasks are kept apart from each other.
enum class isolation {
  none,      // all in one process
  function,  // a worker process for each function
  task       // a worker process for each connection
};

struct supervisor_settings {
  isolation isolate = isolation::function;
  server::socket_access access;
  journal::conversation_settings conversation;
  std::string poison_dir;  // folder of the requests that killed workers; empty: they are not kept
  std::chrono::milliseconds stop_within{2000};
  bool scores = false;  // whether somebody wants to know what tasks do: see supervisor::view()
  std::shared_ptr<const fd_store> store =
      nullptr;  // keeps connections over a death of this process
};

}  // namespace kapacitor::udf::supervise
