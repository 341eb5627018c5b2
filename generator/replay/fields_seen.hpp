#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/line/parse.hpp"
#include "base/table/point_table.hpp"

namespace kapacitor::generator {

/// The fields of points of line protocol, with their types.
///
/// Cost: a comparison or two for a field that comes where it came before. Limits: 10,000 fields
class fields_seen {
 public:
  void take(const line_point& p);
  /// Fields that come in more than one type are warned of: InfluxDB keeps the first type only.
  table_description description() const;

 private:
  static constexpr std::size_t most = 10'000;

  struct field {
    std::string measurement, name;
    std::size_t type;         // index of line_value
    bool other_type = false;  // in some points
  };
  field* find(std::string_view measurement, std::string_view name, std::size_t type);

  std::deque<field> fields_;
  std::map<std::pair<std::string, std::string>, field*> by_name_;
  std::vector<field*> recent_;  // by place in the line
};

}  // namespace kapacitor::generator
