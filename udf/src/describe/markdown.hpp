#pragma once

#include <string>
#include <vector>

#include "describe/wording.hpp"
#include <kapacitor/udf/function.hpp>

// The same as describe.hpp, as Markdown.
namespace kapacitor::udf::server {

/// The page about a function.
std::string page(const function& f, const endpoint& how);

/// A table for each family: each function with a link to NAME.md, its edges, options (those in bold
/// are required) and summary.
std::string index(const std::vector<function>& functions);

}  // namespace kapacitor::udf::server
