#pragma once

#include <string_view>

#include <kapacitor/udf/engine.hpp>

namespace kapacitor::udf::host {

/// Reads --group-by: "host,site" or "*"; empty means one group. A backslash before a comma makes
/// it part of a name. Errors: usage_error for an empty name
group_by parse_grouping(std::string_view tags, bool by_measurement);

}  // namespace kapacitor::udf::host
