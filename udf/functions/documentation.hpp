#pragma once

#include <string_view>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::functions {

/// Takes a documentation in Markdown apart: what the function computes, down to the first heading
/// of the second level, then the sections by their headings.
///
/// Errors: std::invalid_argument naming a heading that is not known
udf::description read_documentation(std::string_view markdown);

/// The documentation of a ready-made function: NAME.md beside its source.
///
/// Errors: std::invalid_argument if there is no such file, or as read_documentation()
udf::description documentation_of(std::string_view name);

}  // namespace kapacitor::udf::functions
