#pragma once

#include <string>
#include <string_view>

namespace kapacitor {

/// The text in double quotes, for messages: `"` and `\` get a backslash, control characters become
/// `\n`, `\t` or `\x1b`, so that a message stays one line whatever the user wrote.
std::string in_quotes(std::string_view text);

/// Appends a character; a control character as `\n`, `\t` or `\x1b`.
void append_escaped(std::string& to, char c);

}  // namespace kapacitor
