#pragma once

#include <string>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A frequency as a TICKscript gives it, with its unit.
inline std::string hertz(double x) {
  return to_string(option_value(x)) + " Hz";
}

}  // namespace kapacitor::udf::functions
