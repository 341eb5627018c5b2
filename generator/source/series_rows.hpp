#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"
#include "scenario/series.hpp"
#include "signal/column.hpp"
#include "source/head_table.hpp"

namespace kapacitor::generator {

/// The series in the rows of a measurement: what they are called, and how often another one has
/// taken the place of the one before.
///
/// Threads: one at a time to change it
class series_rows {
 public:
  /// `measurement` must live as long. `series`: those of it that are here; `replaced`: whether
  /// replace() is going to be called.
  series_rows(const measurement_spec& measurement, row_range series, bool replaced);

  std::size_t size() const { return range_.count; }
  /// The number of the row's series within the measurement.
  std::size_t number(std::size_t row) const { return range_.first + row; }
  /// The number that its random values belong to.
  std::size_t identity(std::size_t row) const;
  tag_list tags(std::size_t row) const;
  /// Measurement and tags as line protocol has them; padding may be read beyond the end.
  std::string_view head(std::size_t row) const { return heads_[row]; }
  std::size_t longest_head() const { return heads_.longest(); }

  /// Which of the rules are about the row's series; empty without rules.
  std::vector<bool> concerned(const std::vector<const anomaly_rule*>& rules, std::size_t row) const;

  /// Another series takes the row's place.
  void replace(std::size_t row);

 private:
  std::size_t generation(std::size_t row) const {
    return generations_.empty() ? 0 : generations_[row];
  }
  void set_head(std::size_t row);

  const measurement_spec& measurement_;
  row_range range_;
  series_set series_;
  head_table heads_;
  std::vector<std::uint32_t> generations_;  // empty if they are never replaced
};

}  // namespace kapacitor::generator
