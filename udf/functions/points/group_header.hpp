#pragma once

#include <cstddef>
#include <string_view>

#include <boost/container/static_vector.hpp>

#include "functions/points/kept_header.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The header of a point that stands for its whole group, as Kapacitor's own nodes make it: the
/// group's tags only.
///
/// Lifetime: of what it was made from.
class group_header {
 public:
  static constexpr std::size_t most_tags = 64;  // dimensions beyond are left out

  explicit group_header(const udf::point& p)
      : header_{.name = p.name(),
                .database = p.database(),
                .retention_policy = p.retention_policy(),
                .dimensions = p.dimensions(),
                .tags = {},
                .by_name = p.by_name()} {
    for (const auto name : p.dimensions()) {
      if (tags_.size() == most_tags) break;
      if (const auto value = p.tag(name)) tags_.push_back({name, *value});
    }
  }
  explicit group_header(const kept_header& kept)
      : header_{.name = kept.name(),
                .database = kept.database(),
                .retention_policy = kept.retention_policy(),
                .dimensions = {},
                .tags = {},
                .by_name = kept.by_name()} {
    for (const auto& name : kept.dimensions()) {
      if (dimensions_.size() < most_tags) dimensions_.push_back(name);
    }
    for (const auto& [name, value] : kept.tags()) {
      if (tags_.size() < most_tags) tags_.push_back({name, value});
    }
  }

  udf::header header() const {
    auto whole = header_;
    if (!dimensions_.empty()) whole.dimensions = {dimensions_.data(), dimensions_.size()};
    whole.tags = {tags_.data(), tags_.size()};
    return whole;
  }

 private:
  udf::header header_;
  boost::container::static_vector<std::string_view, most_tags> dimensions_;  // of a kept one
  boost::container::static_vector<udf::tag, most_tags> tags_;
};

}  // namespace kapacitor::udf::functions
