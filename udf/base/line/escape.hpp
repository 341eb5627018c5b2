#pragma once

#include <string>
#include <string_view>

namespace kapacitor {

// Names and texts as line protocol writes them. Three sets of characters have to be escaped:

inline constexpr std::string_view measurement_escapes = ", ";
inline constexpr std::string_view key_escapes = ", =";  // names of tags and fields, values of tags
inline constexpr std::string_view text_escapes = "\"\\";  // inside the quotes of a string

/// Appends text with a backslash before each of the special characters.
void append_escaped(std::string& to, std::string_view text, std::string_view special);
/// The same into memory: at most twice the text's size. Returns: one past the last character
char* write_escaped(char* out, std::string_view text, std::string_view special);

/// Commas and spaces escaped.
std::string escape_measurement(std::string_view name);
/// For tag names, tag values and field names: commas, spaces and equals signs escaped.
std::string escape_key(std::string_view name);
/// For the values of text fields: in double quotes, with those and backslashes within escaped.
std::string quoted_text(std::string_view text);

/// Why line protocol cannot carry such a name or tag value, as "must not …"; empty if it can. An
/// empty text is fine here: only a name must not be empty.
std::string_view why_not_a_key(std::string_view text);
/// The same of a measurement, which may not begin like a comment, a tag set or white space either.
std::string_view why_not_a_measurement(std::string_view name);
/// Whether the name of a field has a backslash before a comma, a space or '=': line protocol cannot
/// carry it there, for both would be read as one.
bool has_escaping_backslash(std::string_view name);
/// Why a user should not be given such a name, though InfluxDB may take it; empty if nothing
/// speaks against it. Stricter than the two above: control characters are refused as well.
std::string_view why_not_a_name(std::string_view name);
/// The same of a field.
std::string_view why_not_a_field(std::string_view name);

}  // namespace kapacitor
