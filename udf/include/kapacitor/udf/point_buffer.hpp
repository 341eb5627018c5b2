#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf {

/// Points kept beyond their callback, such as those of a batch until its end.
///
/// Cost: push_back copies the encoded message, no allocation in steady state; operator[] reads it
///       again.
class point_buffer {
 public:
  /// Keeps a copy of the point.
  void push_back(const point& p);
  /// How many points are kept.
  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  /// The i-th point kept. Lifetime: until the next call of operator[], push_back() or clear().
  const point& operator[](std::size_t i);
  /// Forgets all; keeps the memory.
  void clear();

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
  point current_;
};

}  // namespace kapacitor::udf
