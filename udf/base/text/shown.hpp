#pragma once

#include <string>
#include <string_view>

namespace kapacitor {

/// Text of somebody else for a message: in quotes as in_quotes() sets them, cut off
/// after 60 bytes.
std::string shown(std::string_view text);

}  // namespace kapacitor
