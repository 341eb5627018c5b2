#include "functions/tracking/change_window.hpp"

#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {

double change_window::change() const {
  if (what_ == of::steps) return sum_.value();
  return points_.back().step_or_value.minus(points_.front().step_or_value);
}

void change_window::push(std::int64_t time, const reading& value, double step) {
  if (options_->period.count() > 0) {
    while (!points_.empty() && !reaches(points_.front().time, time)) drop_oldest();
  }
  cut_ = options_->cuts(points_.size());
  if (points_.size() >= options_->limit()) drop_oldest();
  if (what_ == of::steps && !points_.empty()) sum_.add(step);
  points_.push_back({time, what_ == of::steps ? reading(step) : value});
}

void change_window::clear() {
  points_.clear();
  sum_.clear();
  since_added_up_ = 0;
}

/// Whether a window that ends at `to` holds a point of the time `from`. from ≤ to.
inline bool change_window::reaches(std::int64_t from, std::int64_t to) const {
  return elapsed(from, to) < unsigned_ns(options_->period);
}

inline void change_window::drop_oldest() {
  points_.pop_front();
  if (what_ == of::values) return;
  if (points_.size() <= 1 || ++since_added_up_ >= points_.size()) {
    add_up();
  } else {
    sum_.add(-points_.front().step_or_value.number());
  }
}

void change_window::add_up() {
  sum_.clear();
  since_added_up_ = 0;
  for (std::size_t i = 1; i < points_.size(); ++i) sum_.add(points_[i].step_or_value.number());
}

void change_window::check_state() const {
  bool sound = points_.size() <= options_->limit() && sum_.is_finite();
  for (std::size_t i = 1; i < points_.size(); ++i) {
    sound = sound && points_[i - 1].time < points_[i].time;
  }
  if (!points_.empty() && options_->period.count() > 0) {
    sound = sound && reaches(points_.front().time, points_.back().time);
  }
  if (!sound) throw udf::state_error("the snapshot's window does not fit the options");
}

}  // namespace kapacitor::udf::functions
