#pragma once

#include <map>
#include <string>
#include <vector>

#include <udf.pb.h>

#include "drive/group_id.hpp"

namespace kapacitor::udf::host {

/// The group that Kapacitor puts a point in; what the message itself says is not looked at.
inline std::string group_of(const ::agent::Point& p) {
  std::string id;
  append_group_id(id, p.name(), p.byname(), p.dimensions(), [&p](const std::string& dimension) {
    const auto tag = p.tags().find(dimension);
    return tag == p.tags().end() ? std::string() : tag->second;
  });
  return id;
}

/// The same of a batch, whose dimensions are its tags in the order of their names. `by_measurement`
/// is what its beginning says.
inline std::string group_of(const ::agent::EndBatch& e, bool by_measurement) {
  const std::map<std::string, std::string> sorted(e.tags().begin(), e.tags().end());
  std::vector<std::string> dimensions;
  dimensions.reserve(sorted.size());
  for (const auto& [name, value] : sorted) dimensions.push_back(name);
  std::string id;
  append_group_id(id, e.name(), by_measurement, dimensions,
                  [&sorted](const std::string& dimension) { return sorted.at(dimension); });
  return id;
}

}  // namespace kapacitor::udf::host
