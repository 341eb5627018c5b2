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
/// Lifetime: what it returns is valid until the next call of find().
/// Cost: the points of a stream mostly have the same tags in the same order: then only the values
///       are written again. No allocation in steady state.
class group_finder {
 public:
  /// Lifetime: `by` must outlive it.
  explicit group_finder(const group_by& by);

  void find(std::string_view name, std::span<const tag> tags) {
    if (write_values(name, tags)) return;
    by_.all_tags ? place_all(tags) : place_wanted(tags);
    write_all(name, tags);
  }
  std::string_view id() const { return {id_.data(), size_}; }
  std::span<const std::string_view> dimensions() const { return dimensions_; }
  bool by_measurement() const { return by_.measurement; }

 private:
  /// Of a dimension: where its tag was with the last point, and its value in the identity.
  struct part {
    std::size_t place, value_at, value_size;
  };
  bool write_values(std::string_view name, std::span<const tag> tags);
  void place_wanted(std::span<const tag> tags);
  void place_all(std::span<const tag> tags);
  void make_room(std::string_view name, std::span<const tag> tags);
  void write_all(std::string_view name, std::span<const tag> tags);
  char* write_part(char* at, std::size_t number, std::span<const tag> tags);

  const group_by& by_;
  std::vector<std::string_view> dimensions_;  // with all_tags they lie in the identity
  std::vector<part> parts_;                   // of each dimension
  std::string id_;                            // longer than what it holds
  std::size_t name_size_ = 0, size_ = 0;
};

}  // namespace kapacitor::udf::host
