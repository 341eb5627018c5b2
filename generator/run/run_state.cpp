#include "run/run_state.hpp"

#include "base/line/line_end.hpp"

namespace kapacitor::generator {

void line_sample::offer(std::string_view lines) {
  if (left_.load(std::memory_order_relaxed) == 0) return;
  const std::lock_guard lock(mutex_);
  while (!lines.empty() && left_ > 0) {
    const auto end = end_of_line(lines, 0);
    show_(lines.substr(0, end));
    --left_;
    lines.remove_prefix(end + 1);
  }
}

}  // namespace kapacitor::generator
