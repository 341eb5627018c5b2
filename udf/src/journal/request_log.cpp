#include "journal/request_log.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kapacitor::udf::journal {
namespace {

// A connection that hears little keeps little: pieces grow to what one read of a busy one brings.
constexpr std::size_t smallest = std::size_t{8} << 10;
constexpr std::size_t largest = std::size_t{256} << 10;
// With less room than this a read brings less than it costs.
constexpr std::size_t worth_reading = std::size_t{2} << 10;

}  // namespace

std::span<char> request_log::prepare(std::size_t wanted) {
  const auto least = std::max(wanted, worth_reading);
  if (pieces_.empty() || pieces_.back().capacity - pieces_.back().filled < least) add_piece(least);
  auto& last = pieces_.back();
  return {last.bytes.get() + last.filled, last.capacity - last.filled};
}

/// A new piece that begins with what is open.
void request_log::add_piece(std::size_t room) {
  const auto moved = open();
  const auto before =
      pieces_.empty() ? smallest / 2 : std::min(pieces_.back().capacity, largest / 2);
  const auto size = std::max(2 * before, moved.size() + room);
  piece next{
      size == largest && spare_ ? std::move(spare_) : std::unique_ptr<char[]>(new char[size]), size,
      end_};
  if (!moved.empty()) std::memcpy(next.bytes.get(), moved.data(), moved.size());
  next.filled = moved.size();
  memory_ += size;
  if (!pieces_.empty()) pieces_.back().filled = pieces_.back().kept;
  pieces_.push_back(std::move(next));
  forget_before(begin_);  // the piece before may have held nothing else
}

std::string_view request_log::open() const {
  return pieces_.empty() ? std::string_view() : pieces_.back().open();
}

void request_log::keep(std::size_t n) {
  pieces_.back().kept += n;
  end_ += n;
}

void request_log::drop(std::size_t n) {
  auto& last = pieces_.back();
  char* const at = last.bytes.get() + last.kept;
  std::memmove(at, at + n, last.filled - last.kept - n);
  last.filled -= n;
}

void request_log::insert(std::string_view frame) {
  prepare(frame.size());
  auto& last = pieces_.back();
  char* const at = last.bytes.get() + last.kept;
  std::memmove(at + frame.size(), at, last.filled - last.kept);
  std::memcpy(at, frame.data(), frame.size());
  last.filled += frame.size();
  keep(frame.size());
}

std::string_view request_log::from(position at) const {
  const auto behind = std::upper_bound(pieces_.begin(), pieces_.end(), at,
                                       [](position p, const piece& x) { return p < x.first; });
  if (behind == pieces_.begin()) return {};
  const auto& found = *std::prev(behind);
  const auto offset = static_cast<std::size_t>(at - found.first);
  return std::string_view(found.bytes.get(), found.kept).substr(offset);
}

void request_log::forget_before(position at) {
  begin_ = at;
  while (pieces_.size() > 1 && pieces_.front().first + pieces_.front().kept <= at) {
    memory_ -= pieces_.front().capacity;
    if (pieces_.front().capacity == largest) spare_ = std::move(pieces_.front().bytes);
    pieces_.pop_front();
  }
}

}  // namespace kapacitor::udf::journal
