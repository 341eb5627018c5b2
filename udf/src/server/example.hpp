#pragma once

#include <string>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

/// One use of an option as a TICKscript has it: its default, else values that the function takes:
/// `.size(10)`.
std::string example_use(const function& f, const option_info& option);

}  // namespace kapacitor::udf::server
