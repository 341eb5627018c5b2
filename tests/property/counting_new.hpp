#pragma once

#include <cstddef>

namespace kapacitor::udf::test {

/// How often operator new was called in this program.
std::size_t allocations();

/// One operator new of this program fails with std::bad_alloc: the one after so many others. Those
/// after it succeed again. Negative: none fails (any more).
void fail_allocation(long after);
/// Whether that one has come.
bool allocation_has_failed();

}  // namespace kapacitor::udf::test
