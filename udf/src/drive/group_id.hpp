#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// Appends the identity of a group, as Kapacitor puts it together: `[name\n]dim1=val1,dim2=val2`
/// in the order of the dimensions, without escapes; without dimensions `name` alone, or nothing.
///
/// `value_of(dimension)`: the tag's value, empty for a tag that the point lacks.
/// Source: Kapacitor 1.8.3, models/point.go, ToGroupID()
template <class Dimensions, class ValueOf>
requires(!std::convertible_to<ValueOf, std::span<const tag>>) void append_group_id(
    std::string& id, std::string_view name, bool by_measurement, const Dimensions& dimensions,
    ValueOf value_of) {
  if (by_measurement) id += name;
  const char* before = by_measurement ? "\n" : "";
  for (const auto& dimension : dimensions) {
    id.append(before).append(dimension).append("=").append(value_of(dimension));
    before = ",";
  }
}

/// The value of the tag of that name; empty if there is none.
inline std::string_view tag_value(std::span<const tag> tags, std::string_view name) {
  for (const auto& t : tags) {
    if (t.name == name) return t.value;
  }
  return {};
}

/// The same of dimensions and tags as views.
inline void append_group_id(std::string& id, std::string_view name, bool by_measurement,
                            std::span<const std::string_view> dimensions,
                            std::span<const tag> tags) {
  append_group_id(id, name, by_measurement, dimensions,
                  [tags](std::string_view dimension) { return tag_value(tags, dimension); });
}

}  // namespace kapacitor::udf::host
