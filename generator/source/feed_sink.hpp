#pragma once

#include <functional>

#include "base/line/batch.hpp"

namespace kapacitor::generator {

/// Where a feed hands its batches.
struct feed_sink {
  std::function<void(batch&&)> add;
  std::function<bool()> busy;  // asked by who is not paced: whether there is enough for now
};

}  // namespace kapacitor::generator
