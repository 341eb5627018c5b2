#pragma once

#include <string>

namespace kapacitor {

/// Whether it is certain that nobody listens at an address of this machine: connecting is refused.
/// A host that is no numeric address is not asked.
bool nobody_listens(const std::string& host, const std::string& port);

}  // namespace kapacitor
