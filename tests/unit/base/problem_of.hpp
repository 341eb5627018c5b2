#pragma once

#include <string>

#include "base/text/error.hpp"

namespace kapacitor {

/// What the call throws as a usage_error; "none" if it throws nothing.
template <class Call>
std::string problem_of(Call call) {
  try {
    call();
  } catch (const usage_error& e) {
    return e.what();
  }
  return "none";
}

}  // namespace kapacitor
