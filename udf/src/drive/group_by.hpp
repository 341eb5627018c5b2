#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// How the points are grouped: `|groupBy('host')`, `|groupBy(*)`, `|groupByMeasurement()`.
struct grouping {
  std::vector<std::string> tags;  // sorted, as Kapacitor sorts them; unused with all_tags
  bool all_tags = false;
  bool by_measurement = false;
};

/// Reads --group-by: "host,site" or "*"; empty means one group. A backslash before a comma makes
/// it part of a name. Errors: usage_error for an empty name
grouping parse_grouping(std::string_view tags, bool by_measurement);

/// Finds the group of one point after the other.
///
/// Lifetime: what it returns is valid until the next call of find(), and as long as the point.
class group_finder {
 public:
  explicit group_finder(const grouping& g);

  void find(std::string_view name, std::span<const tag> tags);
  std::string_view id() const { return id_; }
  std::span<const std::string_view> dimensions() const { return dimensions_; }
  /// The dimensions with their values.
  std::span<const tag> tags() const { return tags_; }
  bool by_measurement() const { return grouping_.by_measurement; }

 private:
  const grouping& grouping_;
  std::string id_;
  std::vector<std::string_view> dimensions_;
  std::vector<tag> tags_;
};

}  // namespace kapacitor::udf::host
