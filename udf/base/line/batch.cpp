#include "base/line/batch.hpp"

#include <algorithm>

#include "base/line/line_end.hpp"

namespace kapacitor {

batch batch_of(std::string lines, std::size_t points, steady_time due) {
  auto text = std::make_shared<const std::string>(std::move(lines));
  return {*text, points, due, 0, text};
}

void batcher::make_room(std::size_t size) {
  if (points_ > 0 && used_ + size > limits_.bytes) flush();
  if (!open_) {
    open_ = pool_.take(std::max(size, expected_));
  } else if (open_->size() < used_ + size) {
    open_->resize(std::max(used_ + size, open_->size() * 2));
  }
  data_ = open_->data();
  room_ = open_->size();
}

void batcher::flush() {
  if (points_ == 0) return;
  expected_ = used_ + used_ / 16;
  batch full{{data_, used_}, points_, oldest_, 0, std::move(open_)};
  open_.reset();
  data_ = nullptr;
  room_ = used_ = points_ = 0;
  ready_(std::move(full));
}

batch split(batch& b) {
  batch second{{}, b.points / 2, b.due, 0, b.text};
  std::size_t cut = 0;
  for (std::size_t line = 0; line < b.points - second.points; ++line) {
    cut = end_of_line(b.lines, cut) + 1;
  }
  second.lines = b.lines.substr(cut);
  b.lines = b.lines.substr(0, cut);
  b.points -= second.points;
  return second;
}

}  // namespace kapacitor
