#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kapacitor {

/// The place of the first byte that belongs to no character of UTF-8; npos if the text is UTF-8.
/// Overlong forms, surrogates and what is beyond U+10FFFF are none.
std::size_t first_not_utf8(std::string_view text);

/// The text with what is no UTF-8 replaced by '?', byte by byte.
std::string valid_utf8(std::string_view text);

}  // namespace kapacitor
