#pragma once

#include <string>
#include <string_view>

namespace kapacitor::inline base {

/// Text of somebody else for a message: in quotes, cut off after 60 bytes, without control
/// characters.
std::string shown(std::string_view text);

}  // namespace kapacitor::inline base
