#pragma once

#include <string_view>

#include <kapacitor/udf/batch.hpp>

namespace kapacitor::udf::agent {

/// How the agent makes batches that were read from no message.
class batch_access {
 public:
  /// Makes `b` the begin and `e` the end of a batch of the group `group`.
  static void make(batch& b, std::string_view name, std::string_view group, bool by_name,
                   std::int64_t size) {
    b.name_ = name;
    b.group_ = group;
    b.by_name_ = by_name;
    b.size_ = size;
    b.tags_.clear();
  }
  static void add_tag(batch& b, const tag& t) { b.tags_.push_back(t); }
  /// Makes `e` the end of `b`.
  static void end(batch_end& e, const batch& b, timestamp tmax) {
    e.name_ = b.name_;
    e.group_ = b.group_;
    e.tags_.assign(b.tags_.begin(), b.tags_.end());
    e.tmax_ = tmax;
  }
};

}  // namespace kapacitor::udf::agent
