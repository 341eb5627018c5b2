#pragma once

#include <string_view>

#include "drive/totals.hpp"

namespace kapacitor::udf::host {

/// Adds what a line of the agent's log says of points without their full answer and of groups that
/// were forgotten: the line that it writes when a connection closes. Other lines, and those of
/// other UDFs, change nothing.
void read_agent_line(std::string_view line, totals& to);

}  // namespace kapacitor::udf::host
