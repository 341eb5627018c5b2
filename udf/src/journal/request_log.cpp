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
  if (n == 0) return;  // perhaps nothing was ever received
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

/// Piece by piece, as they lie and with their room: no frame is in two of them, and the next ones
/// come to lie as they would have.
void request_log::save(state_writer& out) const {
  out.write(begin_);
  out.write(end_);
  out.count(pieces_.size());
  for (const auto& p : pieces_) {
    out.write(p.capacity);
    out.write(p.kept);
    out.count(p.filled);
    out.raw(p.bytes.get(), p.filled);
  }
}

void request_log::load(state_reader& in) {
  *this = {};
  in.read(begin_);
  in.read(end_);
  for (auto left = in.count(17); left > 0; --left) {
    const auto capacity = in.read<std::size_t>(), kept = in.read<std::size_t>();
    add_piece(capacity, kept, in.view(in.count(1)));
  }
  // The first one may begin before what is still needed.
  auto first = end_;
  for (auto p = pieces_.rbegin(); p != pieces_.rend(); ++p) p->first = first -= p->kept;
  if (first > begin_ || begin_ > end_) throw state_error("requests are missing");
}

/// Of the room behind the bytes, no more than a read takes: a number alone earns no memory.
void request_log::add_piece(std::size_t capacity, std::size_t kept, std::string_view bytes) {
  if (kept > bytes.size() || bytes.size() > capacity)
    throw state_error("a request that was never received");
  capacity = std::min(capacity, bytes.size() + largest);
  piece made{std::unique_ptr<char[]>(new char[capacity]), capacity, 0};
  std::memcpy(made.bytes.get(), bytes.data(), bytes.size());
  made.kept = kept;
  made.filled = bytes.size();
  memory_ += capacity;
  pieces_.push_back(std::move(made));
}

}  // namespace kapacitor::udf::journal
