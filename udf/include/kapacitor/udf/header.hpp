#pragma once

#include <span>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

/// What an emitted point says beside its time and fields, if no received point is "like" it.
///
/// Kapacitor computes the group from the measurement (if by_name), the dimensions and the tags; a
/// dimension without a tag of that name has an empty value.
///
/// Lifetime: views, for the length of the call that the header is passed to.
struct header {
  std::string_view name = {};  // the measurement
  std::string_view database = {};
  std::string_view retention_policy = {};
  std::span<const std::string_view> dimensions = {};  // names of the group's tags, in order
  std::span<const udf::tag> tags = {};
  bool by_name = false;  // the measurement is part of the group
};

}  // namespace kapacitor::udf
