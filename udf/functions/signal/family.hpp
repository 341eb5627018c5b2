#pragma once

#include <vector>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::functions {

std::vector<function> signal_functions();

}  // namespace kapacitor::udf::functions
