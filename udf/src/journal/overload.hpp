#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "base/text/choice.hpp"

namespace kapacitor::udf::journal {

/// What becomes of data that comes faster than the function takes it.
enum class on_overload {
  block,        // nothing is dropped: Kapacitor waits, and with it all its tasks
  drop_oldest,  // what has waited longest makes room
  drop_newest,  // what finds no room is dropped
  sample        // each n-th point or batch is kept, the fewer the fuller the queue
};
inline constexpr choice<on_overload> overload_policies[] = {
    {"block", on_overload::block},
    {"drop-oldest", on_overload::drop_oldest},
    {"drop-newest", on_overload::drop_newest},
    {"sample", on_overload::sample}};

struct overload_settings {
  on_overload policy = on_overload::block;
  std::size_t queue_size = std::size_t{8} << 20;  // bytes of points that wait; not with `block`
};

/// Data that was dropped by policy.
struct dropped_data {
  std::uint64_t points = 0;   // those of batches included
  std::uint64_t batches = 0;  // whole ones
  std::uint64_t times = 0;    // single points and batches: decisions

  auto state() { return std::tie(points, batches, times); }
};

}  // namespace kapacitor::udf::journal
