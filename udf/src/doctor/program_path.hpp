#pragma once

#include <string>

namespace kapacitor::udf::doctor {

/// Where a `prog` is: as it is written if it has a slash, else the first of that name in the
/// folders of PATH, as kapacitord looks for it. Empty: it is not there.
std::string find_program(const std::string& prog);

}  // namespace kapacitor::udf::doctor
