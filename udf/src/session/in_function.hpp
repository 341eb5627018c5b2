#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kapacitor::udf::agent {

/// The function got no memory.
class no_memory_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Calls the function; what it throws becomes a std::runtime_error that names function and group.
template <class Call>
void in_function(const std::string& function, std::string_view group, Call call) {
  const auto place = [&] { return function + "[" + std::string(group) + "]: "; };
  try {
    call();
  } catch (const std::bad_alloc& problem) {
    throw no_memory_error(place() + problem.what());
  } catch (const std::exception& problem) {
    throw std::runtime_error(place() + problem.what());
  } catch (...) {
    throw std::runtime_error(place() + "an exception that is no std::exception");
  }
}

}  // namespace kapacitor::udf::agent
