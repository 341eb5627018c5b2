#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kapacitor::udf::host {

/// How many Point messages end behind the first `from` bytes of some frames.
std::uint64_t points_in(std::string_view frames, std::size_t from);

}  // namespace kapacitor::udf::host
