#pragma once

#include <string>
#include <vector>

#include "describe/wording.hpp"
#include <kapacitor/udf/function.hpp>

// For the terminal.
namespace kapacitor::udf::server {

/// All there is to know for using a function: options, what it says of itself, a TICKscript,
/// kapacitor.conf.
std::string describe(const function& f, const endpoint& how);

/// One line for each function, family by family: name, edges, summary.
std::string list(const std::vector<function>& functions);

}  // namespace kapacitor::udf::server
