#pragma once

#include <string>

#include "journal/overload.hpp"
#include "supervise/worker_process.hpp"

namespace kapacitor::udf::supervise {

/// A function that workers serve.
struct supervised_function {
  std::string name;
  std::string info;    // the frame of its InfoResponse; empty: a worker is asked
  worker_start start;  // without what differs from one worker to the next
  std::string path;    // of a socket to be made; empty: `listening` is given
  int listening = -1;
  journal::overload_settings overload = {};
};

}  // namespace kapacitor::udf::supervise
