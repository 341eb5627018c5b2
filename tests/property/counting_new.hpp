#pragma once

#include <cstddef>

namespace kapacitor::udf::test {

/// How often operator new was called in this program.
std::size_t allocations();

}  // namespace kapacitor::udf::test
