#pragma once

#include <string_view>

#include "drive/intake.hpp"
#include "drive/totals.hpp"

namespace kapacitor::udf::host {

/// Counts a line that is no point, and logs the first few, then the 16th, the 32nd and so on: a
/// file of another kind has nothing else.
void count_invalid(const input_line& line, std::string_view why, totals& counts);

}  // namespace kapacitor::udf::host
