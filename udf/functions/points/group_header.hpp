#pragma once

#include <cstddef>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "functions/points/kept_header.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The header of a point that stands for its whole group, as Kapacitor's own nodes make it: the
/// group's tags only.
///
/// Lifetime: of what it was made from.
class group_header {
 public:
  static constexpr std::size_t usual_tags = 64;  // more are allocated

  explicit group_header(const udf::point& p)
      : header_{.name = p.name(),
                .database = p.database(),
                .retention_policy = p.retention_policy(),
                .dimensions = p.dimensions(),
                .tags = {},
                .by_name = p.by_name()} {
    for (const auto name : p.dimensions()) {
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
    dimensions_.assign(kept.dimensions().begin(), kept.dimensions().end());
    for (const auto& [name, value] : kept.tags()) tags_.push_back({name, value});
  }

  udf::header header() const {
    auto whole = header_;
    if (!dimensions_.empty()) whole.dimensions = {dimensions_.data(), dimensions_.size()};
    whole.tags = {tags_.data(), tags_.size()};
    return whole;
  }

 private:
  udf::header header_;
  boost::container::small_vector<std::string_view, usual_tags> dimensions_;  // of a kept one
  boost::container::small_vector<udf::tag, usual_tags> tags_;
};

}  // namespace kapacitor::udf::functions
