#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kapacitor::udf::agent {

/// Calls the function; what it throws becomes a std::runtime_error that names function and group.
template <class Call>
void in_function(const std::string& function, std::string_view group, Call call) {
  const auto place = [&] { return function + "[" + std::string(group) + "]: "; };
  try {
    call();
  } catch (const std::exception& problem) {
    throw std::runtime_error(place() + problem.what());
  } catch (...) {
    throw std::runtime_error(place() + "an exception that is no std::exception");
  }
}

}  // namespace kapacitor::udf::agent
