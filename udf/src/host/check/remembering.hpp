#pragma once

#include <string>
#include <vector>

#include <host/check/subject.hpp>

namespace kapacitor::udf::host::check {

/// What a function remembers from the first half of the ordinary data to the second.
struct memory {
  std::string snapshot;                // taken between the halves
  std::vector<std::string> continued;  // to the second half, by one that had the first
  std::vector<std::string> fresh;      // to the second half, by one that had nothing before
};

memory memory_of(subject& s);

/// A connection on which a snapshot was restored with success. Errors: verdict
peer restored(subject& s, const std::string& snapshot);
/// What it says to the second half.
std::vector<std::string> second_half(subject& s, peer& p);

}  // namespace kapacitor::udf::host::check
