#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace kapacitor {

/// The members of a struct that has counts and nothing else, each of 64 bits, one after the other:
/// what is done with all of them cannot forget one.
template <class T>
using number_row = std::array<std::uint64_t, sizeof(T) / sizeof(std::uint64_t)>;

template <class T>
number_row<T> row_of(const T& counts) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(std::uint64_t) == 0);
  return std::bit_cast<number_row<T>>(counts);
}
template <class T>
T from_row(const number_row<T>& row) {
  return std::bit_cast<T>(row);
}

/// Adds each count to the one of the same name.
template <class T>
void add_each(T& sum, const T& more) {
  auto row = row_of(sum);
  const auto added = row_of(more);
  std::transform(row.begin(), row.end(), added.begin(), row.begin(), std::plus<>());
  sum = from_row<T>(row);
}

}  // namespace kapacitor
