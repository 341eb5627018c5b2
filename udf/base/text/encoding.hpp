#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kapacitor {

// What a file of text may begin with, and what its bytes may be.

/// What some editors put in front of a file of UTF-8.
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

inline std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text;
}

/// What a file is that cannot be read as text, and what to do, as "is …": UTF-16, a zip, a
/// compressed file of another kind than gzip, a file of a spreadsheet. Empty if it may be text, or
/// gzip.
///
/// `beginning`: its first bytes; 64 suffice.
std::string_view why_not_text(std::string_view beginning);

/// The first byte that is not part of valid UTF-8; the text's size if there is none.
std::size_t first_invalid_utf8(std::string_view text);

/// The text with what is no UTF-8 replaced by '?', byte by byte.
std::string valid_utf8(std::string_view text);

/// What to say of a text with such a byte.
inline constexpr std::string_view not_utf8 =
    "a byte that is no UTF-8: save the file as UTF-8, as with iconv -f WINDOWS-1252 -t UTF-8";

/// Without the white space around it: blanks, tabs, carriage returns, no-break spaces.
std::string_view trimmed(std::string_view text);

}  // namespace kapacitor
