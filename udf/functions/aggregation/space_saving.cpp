#include "functions/aggregation/space_saving.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "functions/aggregation/value_hash.hpp"

namespace kapacitor::udf::functions {
namespace {

constexpr std::size_t few_slots = 16;

bool ranks_lower(const space_saving::counter& a, const space_saving::counter& b) {
  if (a.count != b.count) return a.count < b.count;
  return a.error != b.error ? a.error > b.error : a.text > b.text;
}

}  // namespace

/// A long text keeps what fits, then "~" and its hash: different texts stay different.
void space_saving::add(std::string_view text, double weight) {
  const auto hash = stable_hash(text);
  if (text.size() <= longest_text) return count(text, hash, weight);
  std::array<char, longest_text> shorter;
  auto kept = longest_text - 17;
  while (kept > 0 && (static_cast<unsigned char>(text[kept]) & 0xc0u) == 0x80) --kept;  // UTF-8
  auto at = std::copy_n(text.begin(), kept, shorter.begin());
  *at++ = '~';
  for (int shift = 60; shift >= 0; shift -= 4) *at++ = "0123456789abcdef"[(hash >> shift) & 15];
  const std::string_view cut(shorter.data(), kept + 17);
  count(cut, stable_hash(cut), weight);
}

void space_saving::count(std::string_view text, std::uint64_t hash, double weight) {
  if (slots_.empty()) rehash();
  auto at = slot_of(text, hash);
  if (slots_[at] == 0) {
    const bool full = used_ == capacity_;
    const auto number = full ? take_over_smallest() : add_counter();
    auto& taken = counters_[number];
    taken.text.assign(text);
    taken.hash = hash;
    at = slot_of(text, hash);  // slots may have moved
    slots_[at] = number + 1;
  }
  auto& c = counters_[slots_[at] - 1];
  c.count = std::min(c.count + weight, std::numeric_limits<double>::max());
  sink(c.place);
}

/// Of the text, or where it belongs. There is a free slot.
std::size_t space_saving::slot_of(std::string_view text, std::uint64_t hash) const {
  const auto mask = slots_.size() - 1;
  auto at = static_cast<std::size_t>(hash) & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const auto& c = counters_[slots_[at] - 1];
    if (c.hash == hash && c.text == text) break;
  }
  return at;
}

std::uint32_t space_saving::take_over_smallest() {
  const auto number = heap_.front();
  auto& smallest = counters_[number];
  smallest.error = smallest.count;
  erase_slot(slot_of(smallest.text, smallest.hash));
  return number;
}

std::uint32_t space_saving::add_counter() {
  constexpr std::size_t usual_text = 32;
  if (2 * (used_ + 1) > slots_.size()) rehash();
  const auto number = static_cast<std::uint32_t>(used_);
  if (used_ == counters_.size()) counters_.emplace_back().text.reserve(usual_text);
  ++used_;
  auto& c = counters_[number];
  c.count = c.error = 0;
  // A count of 0 is the smallest: up to the front of the heap.
  heap_.push_back(number);
  auto place = heap_.size() - 1;
  for (; place > 0; place = (place - 1) / 2) put(place, heap_[(place - 1) / 2]);
  put(0, number);
  return number;
}

/// Frees the slot; those behind it move up, so that they are found.
void space_saving::erase_slot(std::size_t at) {
  const auto mask = slots_.size() - 1;
  for (auto next = (at + 1) & mask; slots_[next] != 0; next = (next + 1) & mask) {
    const auto home = static_cast<std::size_t>(counters_[slots_[next] - 1].hash) & mask;
    if (((next - home) & mask) >= ((next - at) & mask)) {
      slots_[at] = slots_[next];
      at = next;
    }
  }
  slots_[at] = 0;
}

void space_saving::rehash() {
  auto size = std::max(few_slots, slots_.size());
  while (size < 2 * (used_ + 1)) size *= 2;
  slots_.assign(size, 0);
  for (std::uint32_t i = 0; i < used_; ++i) {
    const auto& c = counters_[i];
    slots_[slot_of(c.text, c.hash)] = i + 1;
  }
}

void space_saving::put(std::size_t place, std::uint32_t number) {
  heap_[place] = number;
  counters_[number].place = static_cast<std::uint32_t>(place);
}

void space_saving::sink(std::size_t place) {
  const auto number = heap_[place];
  const double count = counters_[number].count;
  for (;;) {
    auto below = 2 * place + 1;
    if (below >= heap_.size()) break;
    if (below + 1 < heap_.size() &&
        counters_[heap_[below + 1]].count < counters_[heap_[below]].count) {
      ++below;
    }
    if (counters_[heap_[below]].count >= count) break;
    put(place, heap_[below]);
    place = below;
  }
  put(place, number);
}

/// From the smallest to the greatest: that is a heap as well.
void space_saving::rank() {
  std::sort(heap_.begin(), heap_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return ranks_lower(counters_[a], counters_[b]);
  });
  for (std::size_t i = 0; i < heap_.size(); ++i) put(i, heap_[i]);
}

void space_saving::clear() {
  used_ = 0;
  heap_.clear();
  std::fill(slots_.begin(), slots_.end(), 0u);
}

void space_saving::check_state() {
  bool good = counters_.size() <= capacity_ && heap_.size() == counters_.size();
  used_ = good ? counters_.size() : 0;
  for (auto& c : counters_) {
    good = good && std::isfinite(c.count) && c.count > 0 && c.error >= 0 && c.error <= c.count &&
           c.text.size() <= longest_text;
    c.hash = stable_hash(c.text);
    c.place = std::numeric_limits<std::uint32_t>::max();
  }
  for (std::size_t i = 0; good && i < heap_.size(); ++i) {
    good = heap_[i] < used_ && counters_[heap_[i]].place > i &&
           counters_[heap_[i]].place == std::numeric_limits<std::uint32_t>::max() &&
           counters_[heap_[i]].count >= counters_[heap_[i ? (i - 1) / 2 : 0]].count;
    if (good) put(i, heap_[i]);
  }
  if (!good) throw udf::state_error("the snapshot's counters are impossible");
  slots_.clear();
  if (used_ != 0) rehash();
}

}  // namespace kapacitor::udf::functions
