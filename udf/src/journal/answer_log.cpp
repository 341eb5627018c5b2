#include "journal/answer_log.hpp"

#include <algorithm>

#include <kapacitor/udf/error.hpp>

namespace kapacitor::udf::journal {
namespace {

// The Go agent sends answers and snapshots through two channels: an answer from before a snapshot
// may come a little after it, and then does not come again.
constexpr std::size_t may_be_missing = 64;

// Memory that is kept for the answers up to the next snapshot, in answers.
constexpr std::size_t usual = std::size_t{1} << 16;

}  // namespace

void answer_log::clear() {
  told_.clear();
  at_ = end_ = 0;
  if (told_.capacity() > usual) told_.shrink_to_fit();
}

void answer_log::forget(std::size_t n) {
  told_.erase(told_.begin(), told_.begin() + static_cast<std::ptrdiff_t>(n));
  at_ -= std::min(at_, n);
  end_ -= std::min(end_, n);
}

bool answer_log::known(std::uint64_t hash) {
  const auto from = told_.begin() + static_cast<std::ptrdiff_t>(at_);
  const auto near = std::min(may_be_missing, end_ - at_);
  const auto end = from + static_cast<std::ptrdiff_t>(near);
  const auto found = std::find(from, end, hash);
  if (found == end) {
    ++different_;
    return false;
  }
  different_ += static_cast<std::uint64_t>(found - from);
  at_ = static_cast<std::size_t>(found - told_.begin()) + 1;
  ++left_out_;
  return true;
}

void answer_log::check_state() const {
  if (at_ > end_ || end_ > told_.size()) throw state_error("answers that were never given");
}

std::size_t answer_log::end_repeating() {
  const auto missing = end_ - at_;
  different_ += missing;
  at_ = end_;
  return missing;
}

}  // namespace kapacitor::udf::journal
