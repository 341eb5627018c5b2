#pragma once

#include <cstddef>
#include <string>

#include "scenario/model.hpp"

namespace kapacitor::generator {

/// The series of a measurement: which there are, and what they are called.
///
/// Errors: the constructor throws usage_error if two of them would be the same
class series_set {
 public:
  /// `measurement` must live as long as the set.
  explicit series_set(const measurement_spec& measurement);

  std::size_t size() const { return size_; }
  /// The tags of a series, by name. `generation`: how many had its place before.
  tag_list tags(std::size_t series, std::size_t generation = 0) const;
  /// The number that its random values belong to; no other series has it.
  std::size_t identity(std::size_t series, std::size_t generation) const {
    return series + generation * size_;
  }

  /// Whether a tag has a value of its own for each series, as many as there are.
  static bool can_grow(const measurement_spec& measurement);
  /// How many there are without a number given; 0: as many as are asked for.
  static std::size_t combinations(const measurement_spec& measurement);

 private:
  const measurement_spec& measurement_;
  std::size_t size_;
};

/// Measurement and tags as line protocol has them before the fields.
std::string head_of(const std::string& measurement, const tag_list& tags);

}  // namespace kapacitor::generator
