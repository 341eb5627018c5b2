#pragma once

#include <vector>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::functions {

std::vector<function> aggregation_functions();

}  // namespace kapacitor::udf::functions
