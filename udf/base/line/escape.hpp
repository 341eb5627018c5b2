#pragma once

#include <string>
#include <string_view>

namespace kapacitor::inline base {

// Names as line protocol wants them.

/// Commas and spaces escaped.
std::string escape_measurement(std::string_view name);
/// For tag names, tag values and field names: commas, spaces and equals signs escaped.
std::string escape_key(std::string_view name);
/// For the values of text fields: in double quotes, with those and backslashes within escaped.
std::string quoted_text(std::string_view text);

/// Why line protocol cannot carry such a name; empty if it can.
std::string_view why_not_a_name(std::string_view name);

}  // namespace kapacitor::inline base
