#pragma once

#include <vector>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::functions {

/// The ready-made functions, in the order in which they are listed.
std::vector<function> all();

}  // namespace kapacitor::udf::functions
