#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

#include "api/hash.hpp"
#include <kapacitor/udf/detail/group_index.hpp>

namespace kapacitor::udf::detail {
namespace {

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
  auto at = slot_of(hash, key);
  if (const auto held = slots_[at].number_plus_one; held != 0) {
    entries_[held - 1].used = true;
    return remember({held - 1, outcome::known});
  }
  const bool full = entries_.size() >= max_;
  std::uint32_t number = 0;
  if (full) {
    number = replace_one(key);
  } else {
    if ((entries_.size() + 1) * 4 > slots_.size() * 3) rehash(slots_.size() * 2);
    number = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({copy_of(key), static_cast<std::uint32_t>(key.size()), 0, true});
  }
  at = slot_of(hash, key);
  slots_[at] = {mark(hash), number + 1};
  return remember({number, full ? outcome::replaced : outcome::added});
  // The entry owns the copy; clang-tidy 14 loses sight of it.
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks)

void group_index::remove_last() {
  const auto number = entries_.size() - 1;
  const auto old = key(number);
  erase_slot(slot_of(agent::hash_bytes(old, seed()), old));
  entries_.pop_back();
  for (auto& e : entries_) {
    if (e.next == number) e.next = 0;
  }
  last_ = 0;
}

void group_index::clear() {
  entries_.clear();
  std::fill(slots_.begin(), slots_.end(), slot{});
  last_ = 0;
  hand_ = 0;
}

void group_index::reserve(std::size_t groups) {
  const auto n = std::min(groups, max_);
  entries_.reserve(n);
  auto slots = slots_.size();
  while (n * 4 > slots * 3) slots *= 2;
  if (slots > slots_.size()) rehash(slots);
}

std::uint32_t group_index::replace_one(std::string_view key) {
  while (entries_[hand_].used) {
    entries_[hand_].used = false;
    hand_ = (hand_ + 1) % entries_.size();
  }
  const auto number = static_cast<std::uint32_t>(hand_);
  auto copy = copy_of(key);
  const auto old = this->key(number);
  erase_slot(slot_of(agent::hash_bytes(old, seed()), old));
  entries_[number] = {std::move(copy), static_cast<std::uint32_t>(key.size()), 0, true};
  hand_ = (hand_ + 1) % entries_.size();
  ++replaced_;
  return number;
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
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto hash = agent::hash_bytes(key(i), seed());
    auto at = hash & mask;
    while (slots_[at].number_plus_one != 0) at = (at + 1) & mask;
    slots_[at] = {mark(hash), static_cast<std::uint32_t>(i + 1)};
  }
}

}  // namespace kapacitor::udf::detail
