#pragma once

#include <string>
#include <vector>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

/// How Kapacitor reaches a function: for the stanzas of kapacitor.conf.
struct reach {
  std::string socket;             // path
  std::string program;            // path
  std::vector<std::string> args;  // of the program, for it to speak on stdin and stdout
};

/// All there is to know for using a function: options, a TICKscript, kapacitor.conf.
std::string describe(const function& f, const reach& how);

/// One line for each function: name, edges, summary.
std::string list(const std::vector<function>& functions);

}  // namespace kapacitor::udf::server
