#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace kapacitor {

using shared_text = std::shared_ptr<const std::string>;

/// Memory for batches, used again and again: fresh memory costs more than filling it.
///
/// Threads: one at a time, for the pool and all that it gave
class buffer_pool {
 public:
  buffer_pool() : shelf_(std::make_shared<shelf>()) {}

  /// A text of at least that size, whose content is anything. Comes back by itself when nobody
  /// holds it any more, also after the pool is gone.
  std::shared_ptr<std::string> take(std::size_t size);

 private:
  // After an outage there are many more than are needed.
  static constexpr std::size_t most_kept = 16;
  using shelf = std::vector<std::unique_ptr<std::string>>;

  std::shared_ptr<shelf> shelf_;
};

}  // namespace kapacitor
