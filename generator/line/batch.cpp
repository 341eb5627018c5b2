#include "line/batch.hpp"

#include <algorithm>

namespace kapacitor::generator {

char* batcher::begin_line(std::size_t size) {
  if (open_.points > 0 && used_ + size > limits_.bytes) flush();
  if (open_.points == 0) open_.due = due_;
  if (open_.lines.size() < used_ + size) {
    open_.lines.resize(std::max({used_ + size, open_.lines.size() * 2, expected_}));
  }
  return open_.lines.data() + used_;
}

void batcher::end_line(const char* end) {
  used_ = static_cast<std::size_t>(end - open_.lines.data());
  if (++open_.points >= limits_.points) flush();
}

void batcher::flush() {
  if (open_.points == 0) return;
  open_.lines.resize(used_);
  expected_ = used_ + used_ / 16;
  used_ = 0;
  ready_(std::exchange(open_, {}));
}

batch split(batch& b) {
  batch second{{}, b.points / 2, b.due, 0};
  std::size_t cut = 0;
  for (std::size_t line = 0; line < b.points - second.points; ++line) {
    cut = b.lines.find('\n', cut) + 1;
  }
  second.lines = b.lines.substr(cut);
  b.lines.resize(cut);
  b.points -= second.points;
  return second;
}

}  // namespace kapacitor::generator
