#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>

#include "api/hash.hpp"
#include <kapacitor/udf/detail/group_index.hpp>
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::detail {
namespace {

constexpr auto no_size = std::numeric_limits<std::uint32_t>::max();  // of a number that is free

// Random, so that nobody can choose tag values that all land in one place.
std::uint64_t seed() {
  static const std::uint64_t s =
      (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
  return s;
}

// Slots are told apart by the upper half of the hash before a key is compared; the lower half says
// where to look first.
std::uint32_t mark(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

std::unique_ptr<char[]> copy_of(std::string_view key) {
  std::unique_ptr<char[]> copy(new char[key.size()]);
  if (!key.empty()) std::memcpy(copy.get(), key.data(), key.size());
  return copy;
}

}  // namespace

group_index::group_index(std::size_t max) : max_(std::clamp<std::size_t>(max, 1, 0x7fffffff)) {
  rehash(16);
}
group_index::~group_index() = default;
group_index::group_index(group_index&&) noexcept = default;
group_index& group_index::operator=(group_index&&) noexcept = default;

std::string_view group_index::key(std::size_t number) const {
  return {entries_[number].key.get(), entries_[number].size};
}

std::size_t group_index::slot_of(std::uint64_t hash, std::string_view wanted) const {
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask;; at = (at + 1) & mask) {
    const auto& s = slots_[at];
    if (s.number_plus_one == 0) return at;
    if (s.hash == mark(hash) && same_text(key(s.number_plus_one - 1), wanted)) return at;
  }
}

group_index::found group_index::remember(found f) {
  entries_[last_].next = f.number & 0x7fffffffu;
  last_ = f.number;
  return f;
}

group_index::found group_index::search(std::string_view key) {
  const auto hash = agent::hash_bytes(key, seed());
  if (const auto held = slots_[slot_of(hash, key)].number_plus_one; held != 0) {
    entries_[held - 1].used = true;
    return remember({held - 1, outcome::known});
  }
  auto copy = copy_of(key);
  const bool full = size_ >= max_;
  if (full) drop_one();
  const auto number = take_number();
  auto& e = entries_[number];
  e.key = std::move(copy);
  e.size = static_cast<std::uint32_t>(key.size());
  e.next = 0;
  e.used = true;
  link(number);
  ++size_;
  slots_[slot_of(hash, key)] = {mark(hash), number + 1};
  return remember({number, full ? outcome::replaced : outcome::added});
}

/// One that is free, or the next.
std::uint32_t group_index::take_number() {
  if (free_ != none) {
    const auto number = free_;
    free_ = entries_[number].after;
    return number;
  }
  if ((entries_.size() + 1) * 4 > slots_.size() * 3) rehash(slots_.size() * 2);
  entries_.emplace_back();
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void group_index::link(std::uint32_t number) {
  auto& e = entries_[number];
  e.before = newest_;
  e.after = none;
  (newest_ == none ? first_ : entries_[newest_].after) = number;
  newest_ = number;
}

void group_index::unlink(std::uint32_t number) noexcept {
  const auto& e = entries_[number];
  if (hand_ == number) hand_ = e.after;
  (e.before == none ? first_ : entries_[e.before].after) = e.after;
  (e.after == none ? newest_ : entries_[e.after].before) = e.before;
}

void group_index::forget(std::uint32_t number) noexcept {
  const auto old = key(number);
  erase_slot(slot_of(agent::hash_bytes(old, seed()), old));
  unlink(number);
  auto& e = entries_[number];
  e.key.reset();
  e.size = no_size;
  e.after = free_;
  free_ = number;
  --size_;
}

void group_index::clear() {
  entries_.clear();
  std::fill(slots_.begin(), slots_.end(), slot{});
  size_ = 0;
  last_ = 0;
  first_ = newest_ = free_ = hand_ = none;
  has_turned_ = false;
}

void group_index::reserve(std::size_t groups) {
  const auto n = std::min(groups, max_);
  entries_.reserve(n);
  auto slots = slots_.size();
  while (n * 4 > slots * 3) slots *= 2;
  if (slots > slots_.size()) rehash(slots);
}

void group_index::drop_one() {
  auto at = hand_ == none ? first_ : hand_;
  for (; entries_[at].used; at = entries_[at].after == none ? first_ : entries_[at].after)
    entries_[at].used = false;
  hand_ = at;  // and on to the next
  forget(at);
  has_turned_ = true;
  ++replaced_;
}

void group_index::save_turn(state_writer& out) const {
  std::uint64_t hand = 0, i = 0;
  std::string used((size_ + 7) / 8, '\0');
  for (auto n = first_; n != none; n = after(n), ++i) {
    if (n == hand_) hand = i;
    if (entries_[n].used) used[i / 8] = static_cast<char>(used[i / 8] | 1 << i % 8);
  }
  out.write(hand);
  out.raw(used.data(), used.size());
}

void group_index::load_turn(state_reader& in, std::size_t saved) {
  const auto hand = in.read<std::uint64_t>();
  const auto used = in.view((saved + 7) / 8);
  if (hand >= std::max<std::size_t>(saved, 1)) throw state_error("the snapshot's order cannot be");
  if (saved != size_) return;  // not all found room
  has_turned_ = true;
  std::size_t i = 0;
  for (auto n = first_; n != none; n = after(n), ++i) {
    if (i == hand) hand_ = n;
    entries_[n].used = (used[i / 8] >> i % 8 & 1) != 0;
  }
}

// Closes the hole, so that a search never ends before what it looks for.
void group_index::erase_slot(std::size_t hole) {
  const auto mask = slots_.size() - 1;
  for (auto at = (hole + 1) & mask; slots_[at].number_plus_one != 0; at = (at + 1) & mask) {
    const auto home = agent::hash_bytes(key(slots_[at].number_plus_one - 1), seed()) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      slots_[hole] = slots_[at];
      hole = at;
    }
  }
  slots_[hole] = {};
}

void group_index::rehash(std::size_t size) {
  slots_.assign(size, {});
  const auto mask = size - 1;
  for (auto i = first_; i != none; i = after(i)) {
    const auto hash = agent::hash_bytes(key(i), seed());
    auto at = hash & mask;
    while (slots_[at].number_plus_one != 0) at = (at + 1) & mask;
    slots_[at] = {mark(hash), i + 1};
  }
}

}  // namespace kapacitor::udf::detail
