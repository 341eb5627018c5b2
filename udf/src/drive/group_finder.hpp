#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/engine.hpp>

namespace kapacitor::udf::host {

/// Finds the group of one point after the other.
///
/// Lifetime: what it returns is valid until the next call of find(), and as long as the point.
/// Cost: the tags of a stream mostly come in the same order, so where those of the last point were
///       is looked at first; no allocation in steady state
class group_finder {
 public:
  /// Lifetime: `by` must outlive it.
  explicit group_finder(const group_by& by);

  void find(std::string_view name, std::span<const tag> tags);
  std::string_view id() const { return {id_.data(), size_}; }
  std::span<const std::string_view> dimensions() const { return dimensions_; }
  bool by_measurement() const { return by_.measurement; }

 private:
  void place_wanted(std::span<const tag> tags);
  void place_all(std::span<const tag> tags);
  void write_id(std::string_view name, std::span<const tag> tags);

  const group_by& by_;
  std::vector<std::string_view> dimensions_;
  std::vector<std::size_t> places_;  // of the dimensions among the tags; beyond them: it has none
  std::string id_;                   // longer than what it holds
  std::size_t size_ = 0;
};

}  // namespace kapacitor::udf::host
