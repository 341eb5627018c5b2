#include "base/text/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kapacitor {
namespace {

std::size_t length_by(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/// Whether overlong forms, surrogates and what is beyond U+10FFFF are ruled out.
bool is_in_range(unsigned char lead, unsigned char second) {
  return !(lead == 0xe0 && second < 0xa0) && !(lead == 0xed && second > 0x9f) &&
         !(lead == 0xf0 && second < 0x90) && !(lead == 0xf4 && second > 0x8f);
}

/// The bytes of the character that begins there; 0 if none does.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto n = length_by(byte(0));
  if (n < 2) return n;
  if (at + n > text.size()) return 0;
  for (std::size_t k = 1; k < n; ++k) {
    if ((byte(k) & 0xc0U) != 0x80) return 0;
  }
  return is_in_range(byte(0), byte(1)) ? n : 0;
}

/// Goes over ASCII, eight bytes at a time.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080U) != 0) break;
  }
  return at;
}

}  // namespace

std::size_t first_not_utf8(std::string_view text) {
  std::size_t at = skip_ascii(text, 0);
  while (at < text.size()) {
    const auto n = character_at(text, at);
    if (n == 0) return at;
    at = skip_ascii(text, at + n);
  }
  return text.npos;
}

std::string valid_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto good = std::min(first_not_utf8(text), text.size());
    result += text.substr(0, good);
    text.remove_prefix(good);
    if (text.empty()) break;
    result += '?';
    text.remove_prefix(1);
  }
  return result;
}

}  // namespace kapacitor
