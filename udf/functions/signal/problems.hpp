#pragma once

#include <string>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Errors: option_error with all problems in one text, unless there are none.
inline void throw_if_any(const std::vector<std::string>& problems) {
  if (problems.empty()) return;
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "; ") + problem;
  throw udf::option_error(text);
}

/// A frequency as a TICKscript gives it, with its unit.
inline std::string hertz(double x) {
  return to_string(option_value(x)) + " Hz";
}

}  // namespace kapacitor::udf::functions
