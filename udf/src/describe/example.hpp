#pragma once

#include <string>
#include <vector>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::server {

/// One use of an option as a TICKscript has it: `.size(10)`.
struct example_use {
  std::string text;
  bool needless = false;  // what changes nothing; it is there to be seen, and to be taken in
};

/// Every option with its default, else with a value that the function takes; all of them together
/// are options that it takes, where such can be found.
std::vector<example_use> example(const function& f);

}  // namespace kapacitor::udf::server
