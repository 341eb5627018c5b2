#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kapacitor {

// The tags of a series as InfluxDB's shell writes them, without escapes: "dc=b,host=a". A part
// without '=' belongs to the value before it, which has a comma.

/// Empty, or why these are no tags, and what is allowed.
std::string why_not_a_tag_set(std::string_view tags);

/// Writes ",dc=b,host=a" as line protocol has it; tags without a value are left out. At most
/// 1 + 2 * size bytes. Returns: one past the last character.
///
/// REQUIRES: why_not_a_tag_set() says nothing
char* write_tag_set(std::string_view tags, char* out);

/// The same for these tags in any order.
///
/// REQUIRES: why_not_a_tag_set() says nothing
std::uint64_t hash_of_tag_set(std::string_view tags);

}  // namespace kapacitor
