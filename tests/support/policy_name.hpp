#pragma once

#include <algorithm>
#include <string>

#include "journal/overload.hpp"

namespace kapacitor::udf::test {

/// As a part of a test's name: "drop_oldest".
inline std::string name_of_policy(journal::on_overload policy) {
  std::string name(name_of<journal::on_overload>(policy, journal::overload_policies));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace kapacitor::udf::test
