#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "supervise/view.hpp"

namespace kapacitor::udf::server {

/// What a supervisor does, for people: "24 functions, 3 tasks; 1 task waits for a new worker".
std::string state_in_words(const std::vector<supervise::function_view>& all);

/// The same of a program without workers, which does not know of tasks.
std::string state_in_words(std::size_t functions, std::size_t connections);

}  // namespace kapacitor::udf::server
