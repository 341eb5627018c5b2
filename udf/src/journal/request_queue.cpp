#include "journal/request_queue.hpp"

#include <algorithm>

#include "journal/frames.hpp"

namespace kapacitor::udf::journal {
namespace {

using wire::message_kind;

}  // namespace

void request_queue::add(message_kind kind, std::string_view frame) {
  switch (kind) {
    case message_kind::begin:
      end_batch();  // one that has not ended: the function will say what it thinks of that
      begin_batch();
      return add_to_batch(frame);
    case message_kind::end:
      if (!in_batch_) return add_point(frame);
      add_to_batch(frame);
      return end_batch();
    case message_kind::point:
      if (!in_batch_) return add_point(frame);
      ++batch_points_;
      return add_to_batch(frame);
    default:
      in_batch_ ? static_cast<void>(held_.append(frame)) : add_other(frame);
  }
}

void request_queue::add_point(std::string_view frame) {
  const unit one{store_.end(), frame.size(), 1, true, false};
  if (is_chosen() && has_room(frame.size())) return append(frame, one);
  count_dropped(one);
}

void request_queue::begin_batch() {
  in_batch_ = true;
  batch_points_ = 0;
  batch_is_kept_ = is_chosen();
}

void request_queue::add_to_batch(std::string_view frame) {
  if (!batch_is_kept_) return;
  if (has_room(batch_.size() + frame.size())) {
    batch_ += frame;
    return;
  }
  batch_is_kept_ = false;
  batch_.clear();
}

void request_queue::end_batch() {
  if (!in_batch_) return;
  in_batch_ = false;
  const unit whole{store_.end(), batch_.size(), batch_points_, true, true};
  if (batch_is_kept_) {
    append(batch_, whole);
  } else {
    count_dropped(whole);
  }
  batch_.clear();
  if (held_.empty()) return;
  add_other(held_);
  held_.clear();
}

void request_queue::finish() {
  end_batch();
}

void request_queue::forget_open_batch() {
  batch_is_kept_ = in_batch_ = false;
  batch_.clear();
  if (!held_.empty()) add_other(held_);
  held_.clear();
}

void request_queue::add_other(std::string_view frame) {
  append(frame, {store_.end(), frame.size(), 0, false, false});
}

void request_queue::append(std::string_view bytes, unit what) {
  store_.insert(bytes);
  waiting_.push_back(what);
  (what.is_data ? data_bytes_ : other_bytes_) += bytes.size();
}

/// `sample` keeps all until half of the queue is full. In each sixteenth beyond that it keeps half
/// as many as in the one before: of what comes at a steady rate as many remain as go on.
bool request_queue::is_chosen() {
  if (settings_.policy != on_overload::sample) return true;
  const auto mark = settings_.queue_size / 2;
  const auto step = std::max<std::size_t>(1, settings_.queue_size / 16);
  const auto steps = data_bytes_ > mark ? (data_bytes_ - mark - 1) / step + 1 : 0;
  constexpr std::size_t most_steps = 8;
  const auto each = std::uint64_t{1} << std::min(steps, most_steps);
  if (++passed_over_ < each) return false;
  passed_over_ = 0;
  return true;
}

/// Whether so many bytes of data may join; perhaps others make room for them.
bool request_queue::has_room(std::size_t bytes) {
  const auto fits = [&] { return data_bytes_ + bytes <= settings_.queue_size || data_bytes_ == 0; };
  while (!fits() && settings_.policy == on_overload::drop_oldest && drop_oldest()) continue;
  return fits();
}

bool request_queue::drop_oldest() {
  const auto oldest =
      std::find_if(waiting_.begin(), waiting_.end(), [](const unit& u) { return u.is_data; });
  if (oldest == waiting_.end()) return false;
  count_dropped(*oldest);
  data_bytes_ -= oldest->size;
  waiting_.erase(oldest);
  forget_store();
  return true;
}

void request_queue::count_dropped(const unit& what) {
  ++dropped_.times;
  dropped_.points += what.points;
  dropped_.batches += what.is_batch ? 1 : 0;
}

std::string_view request_queue::front() const {
  const auto& first = waiting_.front();
  return store_.from(first.begin).substr(0, first.size);
}

void request_queue::pop() {
  const auto& first = waiting_.front();
  (first.is_data ? data_bytes_ : other_bytes_) -= first.size;
  waiting_.pop_front();
  forget_store();
}

void request_queue::forget_store() {
  store_.forget_before(waiting_.empty() ? store_.end() : waiting_.front().begin);
}

std::size_t request_queue::memory() const {
  return received_.capacity() + store_.memory() + batch_.capacity() + held_.capacity() +
         waiting_.size() * sizeof(unit);
}

}  // namespace kapacitor::udf::journal
