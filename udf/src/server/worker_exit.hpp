#pragma once

namespace kapacitor::udf::server {

/// How a worker process of ours ends by itself.
namespace worker_exit {
inline constexpr int done = 0;            // its control socket ended, all answers are written
inline constexpr int hangs = 1;           // the same, but a function hangs, or nobody reads
inline constexpr int out_of_memory = 75;  // a function got none: the supervisor starts another
}  // namespace worker_exit

}  // namespace kapacitor::udf::server
