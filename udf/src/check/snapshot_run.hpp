#pragma once

#include <string>
#include <vector>

#include "check/subject.hpp"

namespace kapacitor::udf::host::check {

/// Runs both halves, once. Errors: verdict
const snapshot_run& snapshot_run_of(subject& s);

/// A connection on which a snapshot was restored with success. Errors: verdict
peer restored(subject& s, const std::string& snapshot);
/// Its responses to the second half.
std::vector<std::string> second_half(subject& s, peer& p);

}  // namespace kapacitor::udf::host::check
