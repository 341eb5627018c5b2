#include "base/line/number.hpp"

#include <array>
#include <charconv>

namespace kapacitor {
namespace {

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr auto pairs = make_pairs();

/// The digits of the value, at least that many of them, end just before `end`. Returns: their start
template <class Unsigned>
char* write_backwards(char* end, Unsigned value, int least) noexcept {
  const char* const most = end - least;
  while (value >= 100) {
    end -= 2;
    std::memcpy(end, &pairs[value % 100 * 2], 2);
    value /= 100;
  }
  if (value >= 10) {
    end -= 2;
    std::memcpy(end, &pairs[value * 2], 2);
  } else {
    *--end = static_cast<char>('0' + value);
  }
  while (end > most) *--end = '0';
  return end;
}

}  // namespace

char* write_scaled(char* out, std::int64_t units, int decimals) noexcept {
  char digits[64];
  char* const end = digits + 32;
  if (units < 0) *out++ = '-';
  const auto size =
      units < 0 ? -static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  // Division of 32 bits is the faster one, and nearly all values fit.
  const char* const start =
      size <= UINT32_MAX ? write_backwards(end, static_cast<std::uint32_t>(size), decimals + 1)
                         : write_backwards(end, size, decimals + 1);
  const auto whole = end - start - decimals;
  std::memcpy(out, start, 24);
  if (decimals == 0) return out + whole;
  out[whole] = '.';
  std::memcpy(out + whole + 1, end - decimals, 16);
  return out + whole + 1 + decimals;
}

char* write_integer(char* out, std::int64_t value) noexcept {
  return std::to_chars(out, out + 20, value).ptr;
}

char* write_shortest(char* out, double value) noexcept {
  return std::to_chars(out, out + longest_number, value).ptr;
}

}  // namespace kapacitor
