#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace kapacitor::udf::detail {

/// Whether two texts are equal, for names and group keys: most have 4 to 32 bytes, and a call of
/// memcmp costs more than comparing them.
inline bool same_text(std::string_view a, std::string_view b) {
  const auto words_differ = [&]<class Word>(std::size_t at, Word) {
    Word x, y;
    std::memcpy(&x, a.data() + at, sizeof x);
    std::memcpy(&y, b.data() + at, sizeof y);
    return x != y;
  };
  const auto n = a.size();
  if (n != b.size()) return false;
  if (n >= 8) {
    // The last word overlaps the one before it.
    for (std::size_t at = 0; at + 8 < n; at += 8) {
      if (words_differ(at, std::uint64_t{})) return false;
    }
    return !words_differ(n - 8, std::uint64_t{});
  }
  if (n >= 4) return !words_differ(0, std::uint32_t{}) && !words_differ(n - 4, std::uint32_t{});
  for (std::size_t i = 0; i < n; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace kapacitor::udf::detail
