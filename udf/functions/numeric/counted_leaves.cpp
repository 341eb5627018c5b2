#include "functions/numeric/counted_leaves.hpp"

#include <algorithm>

namespace kapacitor::udf::functions {
namespace {

std::ptrdiff_t at(std::size_t i) {
  return static_cast<std::ptrdiff_t>(i);
}

}  // namespace

double counted_leaves::operator[](std::size_t k) const {
  const auto n = leaves();
  std::size_t i = 0;
  for (auto step = std::bit_floor(n); step > 0; step /= 2) {
    if (i + step <= n && sums_[i + step] <= k) {
      i += step;
      k -= sums_[i];
    }
  }
  return leaf(i)[k];
}

std::size_t counted_leaves::rank(double x) const {
  const auto larger_from = count_smaller(least_.data(), leaves(), x);
  if (larger_from == 0) return 0;
  const auto last = larger_from - 1;
  auto smaller = count_smaller(leaf(last), counts_[last], x);
  for (auto i = last; i > 0; i &= i - 1) smaller += sums_[i];
  return smaller;
}

/// The last leaf whose smallest value is not larger than x: of equal values that fill several
/// leaves, some are in it.
std::size_t counted_leaves::leaf_of(double x) const {
  const auto next =
      static_cast<std::size_t>(std::upper_bound(least_.begin(), least_.end(), x) - least_.begin());
  return next == 0 ? 0 : next - 1;
}

void counted_leaves::insert(double x) {
  if (leaves() == 0) add_leaf(0);
  auto i = leaf_of(x);
  if (counts_[i] == room) {
    split(i);
    i = leaf_of(x);
  }
  auto* values = leaf(i);
  const auto place = count_smaller(values, counts_[i], x);
  std::copy_backward(values + place, values + counts_[i], values + counts_[i] + 1);
  values[place] = x;
  if (place == 0) least_[i] = x;
  count_change(i, 1);
  ++size_;
}

void counted_leaves::erase(double x) {
  const auto i = leaf_of(x);
  auto* values = leaf(i);
  const auto place = count_smaller(values, counts_[i], x);
  std::copy(values + place + 1, values + counts_[i], values + place);
  count_change(i, std::uint32_t(-1));
  --size_;
  if (place == 0 && counts_[i] > 0) least_[i] = values[0];
  if (counts_[i] < room / 4) merge_if_small(i);
}

void counted_leaves::assign(std::span<const double> sorted) {
  constexpr auto filled = room * 3 / 4;
  while (leaves() > 0) remove_leaf(leaves() - 1);
  for (std::size_t from = 0; from < sorted.size(); from += filled) {
    const auto part = sorted.subspan(from, std::min(filled, sorted.size() - from));
    const auto i = leaves();
    add_leaf(i);
    std::copy(part.begin(), part.end(), leaf(i));
    counts_[i] = static_cast<std::uint32_t>(part.size());
    least_[i] = part[0];
  }
  size_ = sorted.size();
  count_anew();
}

/// An empty one before the i-th. Does not see to the tree.
void counted_leaves::add_leaf(std::size_t i) {
  if (leaves() == places_.size()) find_places();
  const auto unused = at(leaves());
  std::rotate(places_.begin() + at(i), places_.begin() + unused, places_.begin() + unused + 1);
  least_.insert(least_.begin() + at(i), 0.0);
  counts_.insert(counts_.begin() + at(i), 0);
  sums_.resize(leaves() + 1);
}

/// Does not see to the tree.
void counted_leaves::remove_leaf(std::size_t i) {
  std::rotate(places_.begin() + at(i), places_.begin() + at(i) + 1, places_.begin() + at(leaves()));
  least_.erase(least_.begin() + at(i));
  counts_.erase(counts_.begin() + at(i));
  sums_.resize(leaves() + 1);
}

void counted_leaves::split(std::size_t i) {
  if (leaves() == places_.size()) {
    const double x = leaf(i)[0];
    find_places();
    for (i = leaf_of(x); counts_[i] < room; --i) {
    }
  }
  constexpr auto half = room / 2;
  add_leaf(i + 1);
  std::copy(leaf(i) + half, leaf(i) + room, leaf(i + 1));
  counts_[i] = half;
  counts_[i + 1] = room - half;
  least_[i + 1] = leaf(i + 1)[0];
  count_anew();
}

void counted_leaves::merge_with_next(std::size_t i) {
  std::copy(leaf(i + 1), leaf(i + 1) + counts_[i + 1], leaf(i) + counts_[i]);
  if (counts_[i] == 0) least_[i] = least_[i + 1];
  counts_[i] += counts_[i + 1];
  remove_leaf(i + 1);
  count_anew();
}

void counted_leaves::merge_if_small(std::size_t i) {
  // Not until full: the next value would split it again.
  const auto fits = [&](std::size_t first) {
    const bool one_is_empty = counts_[first] == 0 || counts_[first + 1] == 0;
    return one_is_empty || counts_[first] + counts_[first + 1] <= room * 3 / 4;
  };
  if (i + 1 < leaves() && fits(i)) {
    merge_with_next(i);
  } else if (i > 0 && fits(i - 1)) {
    merge_with_next(i - 1);
  }
}

/// Makes places for leaves: by merging if half of the memory is not used, else with more.
void counted_leaves::find_places() {
  if (2 * size_ <= pool_.size()) {
    for (std::size_t i = 0; i + 1 < leaves();) {
      if (counts_[i] + counts_[i + 1] <= room) {
        merge_with_next(i);
      } else {
        ++i;
      }
    }
    if (leaves() < places_.size()) return;
  }
  const auto more = std::max<std::size_t>(4, places_.size() / 2);
  for (std::size_t k = 0; k < more; ++k) {
    places_.push_back(static_cast<std::uint32_t>(places_.size()));
  }
  pool_.resize(places_.size() * room);
  least_.reserve(places_.size());
  counts_.reserve(places_.size());
  sums_.reserve(places_.size() + 1);
}

void counted_leaves::count_change(std::size_t i, std::uint32_t by) {
  counts_[i] += by;
  const auto n = leaves();
  for (++i; i <= n; i += i & (0 - i)) sums_[i] += by;
}

void counted_leaves::count_anew() {
  const auto n = leaves();
  std::copy(counts_.begin(), counts_.end(), sums_.begin() + 1);
  for (std::size_t i = 1; i <= n; ++i) {
    const auto parent = i + (i & (0 - i));
    if (parent <= n) sums_[parent] += sums_[i];
  }
}

}  // namespace kapacitor::udf::functions
