#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What a function remembers of its group for answers that no point is there for: at the end of the
/// input, or when the clock says that a window has ended.
///
/// Shape: name, database, retention policy, dimensions and the group's tags of the first point
/// Cost:  strings copied once per group, about 200 bytes; then one comparison per point
class kept_header {
 public:
  void keep(const udf::point& p) {
    if (kept_) [[likely]]
      return;
    copy(p);
  }

  bool empty() const { return !kept_; }
  const std::string& name() const { return name_; }
  const std::string& database() const { return database_; }
  const std::string& retention_policy() const { return retention_policy_; }
  const std::vector<std::string>& dimensions() const { return dimensions_; }
  const std::vector<std::pair<std::string, std::string>>& tags() const { return tags_; }
  bool by_name() const { return by_name_; }

  auto state() {
    return std::tie(kept_, name_, database_, retention_policy_, dimensions_, tags_, by_name_);
  }

 private:
  void copy(const udf::point& p) {
    name_ = p.name();
    database_ = p.database();
    retention_policy_ = p.retention_policy();
    dimensions_.assign(p.dimensions().begin(), p.dimensions().end());
    for (const auto d : p.dimensions()) {
      if (const auto value = p.tag(d)) tags_.emplace_back(d, *value);
    }
    by_name_ = p.by_name();
    kept_ = true;
  }

  bool kept_ = false, by_name_ = false;
  std::string name_, database_, retention_policy_;
  std::vector<std::string> dimensions_;
  std::vector<std::pair<std::string, std::string>> tags_;
};

}  // namespace kapacitor::udf::functions
