#include "base/text/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace kapacitor {
namespace {

constexpr std::string_view utf16 =
    "is UTF-16, as some editors and spreadsheets save it: save it as UTF-8, as with "
    "iconv -f UTF-16 -t UTF-8";

struct magic {
  std::string_view bytes, means;
};
constexpr std::string_view unpack_first = "is compressed, not by gzip: unpack it first";
constexpr magic magics[] = {
    {"\xff\xfe", utf16},
    {"\xfe\xff", utf16},
    {"PK\x03\x04",
     "is a zip, as Kapacitor's batch recordings (.brpl) and spreadsheets (.xlsx) are: unpack it, "
     "or save the sheet as CSV; allowed are stream recordings (.srpl), line protocol and CSV, "
     "gzip or not"},
    {"\xd0\xcf\x11\xe0", "is a spreadsheet (.xls): save the sheet as CSV"},
    {"PAR1", "is Parquet: export it as CSV"},
    {"BZh", unpack_first},
    {"\xfd"
     "7zXZ",
     unpack_first},
    {"\x28\xb5\x2f\xfd", unpack_first},
    {"7z\xbc\xaf", unpack_first},
};

/// UTF-16 of ASCII has a NUL in each second byte, with a mark in front or without.
bool has_nul_in_each_second_byte(std::string_view text) {
  const auto size = std::min<std::size_t>(text.size(), 64);
  std::array<std::size_t, 2> nuls{};
  for (std::size_t i = 0; i < size; ++i) nuls[i % 2] += text[i] == '\0';
  return size >= 4 && ((nuls[0] >= size / 2 && nuls[1] == 0) || (nuls[1] >= size / 2 && !nuls[0]));
}

/// How many bytes a character has that begins so; 0: no character does.
std::size_t length_of(std::uint32_t first) {
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;
}

std::size_t valid_character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto length = length_of(byte(at));
  auto code = length == 1 ? byte(at) : byte(at) & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(at + k) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(at + k) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

/// Where the eight bytes from `at` on are all ASCII.
bool is_ascii(std::string_view text, std::size_t at) {
  std::uint64_t bytes = 0;
  if (text.size() - at < sizeof bytes) return false;
  std::memcpy(&bytes, text.data() + at, sizeof bytes);
  return (bytes & 0x8080808080808080u) == 0;
}

/// White space at the front of a text, in bytes.
std::size_t space_at_front(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == ' ' || text.front() == '\t' || text.front() == '\r') return 1;
  if (text.starts_with("\xc2\xa0")) return 2;
  return text.starts_with("\xe2\x80\xaf") ? 3 : 0;
}
std::size_t space_at_end(std::string_view text) {
  if (text.empty()) return 0;
  if (text.back() == ' ' || text.back() == '\t' || text.back() == '\r') return 1;
  if (text.ends_with("\xc2\xa0")) return 2;
  return text.ends_with("\xe2\x80\xaf") ? 3 : 0;
}

}  // namespace

std::string_view why_not_text(std::string_view beginning) {
  for (const auto& m : magics) {
    if (beginning.starts_with(m.bytes)) return m.means;
  }
  return has_nul_in_each_second_byte(beginning) ? utf16 : std::string_view();
}

std::size_t first_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (is_ascii(text, i)) {
      i += 8;
      continue;
    }
    const auto length = valid_character(text, i);
    if (length == 0) return i;
    i += length;
  }
  return text.size();
}

std::string valid_utf8(std::string_view text) {
  std::string result;
  for (;;) {
    const auto good = first_invalid_utf8(text);
    result += text.substr(0, good);
    if (good == text.size()) return result;
    result += '?';
    text.remove_prefix(good + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  while (const auto n = space_at_front(text)) text.remove_prefix(n);
  while (const auto n = space_at_end(text)) text.remove_suffix(n);
  return text;
}

}  // namespace kapacitor
