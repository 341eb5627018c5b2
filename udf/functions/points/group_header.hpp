#pragma once

#include <cstddef>
#include <string_view>

#include <boost/container/static_vector.hpp>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The header of a point that stands for its whole group, as Kapacitor's own nodes make it: the
/// group's tags only.
///
/// Lifetime: of the point it was made from.
class group_header {
 public:
  static constexpr std::size_t most_tags = 64;  // dimensions beyond are left out

  explicit group_header(const udf::point& p) : point_(p) {
    for (const auto name : p.dimensions()) {
      if (tags_.size() == most_tags) break;
      if (const auto value = p.tag(name)) tags_.push_back({name, *value});
    }
  }
  udf::header header() const {
    return {.name = point_.name(),
            .database = point_.database(),
            .retention_policy = point_.retention_policy(),
            .dimensions = point_.dimensions(),
            .tags = {tags_.data(), tags_.size()},
            .by_name = point_.by_name()};
  }

 private:
  const udf::point& point_;
  boost::container::static_vector<udf::tag, most_tags> tags_;
};

}  // namespace kapacitor::udf::functions
