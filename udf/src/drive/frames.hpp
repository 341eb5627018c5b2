#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kapacitor::udf::host {

/// How many Point messages end behind the first `from` bytes of some frames.
std::uint64_t points_in(std::string_view frames, std::size_t from);

/// An encoded Request with its length before it.
std::string framed(std::string_view request);

}  // namespace kapacitor::udf::host
