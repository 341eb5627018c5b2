#pragma once

#include <span>
#include <string_view>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

/// What an emitted point says beside its time and fields, if no received point is "like" it: for
/// functions that sum up several groups, or that speak from on_time() and on_finish().
///
///     const udf::tag tags[] = {{"host", "a"}};
///     const std::string_view by[] = {"host"};
///     out.emit({.name = "load", .dimensions = by, .tags = tags}, time, {{"mean", 0.5}});
///
/// Every member may be left out; a point of a default-made header has no name and no group.
///
/// Kapacitor computes the group from the measurement (if by_name), the dimensions and the tags; a
/// dimension without a tag of that name has an empty value.
///
/// Lifetime: views, for the length of the call that the header is passed to.
struct header {
  std::string_view name = {};                         // the measurement
  std::string_view database = {};                     // for nodes behind it, such as influxDBOut
  std::string_view retention_policy = {};             // likewise
  std::span<const std::string_view> dimensions = {};  // names of the group's tags, in order
  std::span<const udf::tag> tags = {};                // all tags, in any order, each name once
  bool by_name = false;                               // the measurement is part of the group
};

}  // namespace kapacitor::udf
