#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

namespace wire {
class batch_decoder;
}
namespace agent {
class batch_access;
}

/// The beginning of a batch: what its points have in common. A batch is what a `|window()` or a
/// query of the TICKscript hands on: points of one group, between on_begin and on_end.
///
/// A function that needs all points at once keeps them in a point_buffer.
///
/// Lifetime: valid until on_end returns.
/// Source:   proto/udf.proto, BeginBatch
class batch {
 public:
  /// The measurement.
  std::string_view name() const { return name_; }
  /// The group's identity, such as "host=a,site=north"; the same for all batches of the group.
  std::string_view group() const { return group_; }
  /// The group's tags; their names are the dimensions.
  std::span<const udf::tag> tags() const { return tags_; }
  /// The value of a tag of the group, empty if it has no such tag. Cost: O(tags).
  std::optional<std::string_view> tag(std::string_view name) const {
    for (const auto& t : tags_) {
      if (t.name == name) return t.value;
    }
    return std::nullopt;
  }
  /// How many points to expect, a hint; 0: not known.
  std::int64_t size() const { return size_; }
  /// Whether the measurement is part of the group (groupByMeasurement).
  bool by_name() const { return by_name_; }

 private:
  friend class wire::batch_decoder;
  friend class agent::batch_access;

  std::string_view name_, group_;
  std::vector<udf::tag> tags_;
  std::int64_t size_ = 0;
  bool by_name_ = false;
};

/// The end of a batch. `out.emit(end, fields)` answers with one point for the whole batch.
///
/// Lifetime: valid until on_end returns.
/// Source:   proto/udf.proto, EndBatch
class batch_end {
 public:
  /// The measurement.
  std::string_view name() const { return name_; }
  /// The group's identity, as in the beginning.
  std::string_view group() const { return group_; }
  /// The group's tags.
  std::span<const udf::tag> tags() const { return tags_; }
  /// The time of the batch: of a window its end, of a query its stop time.
  udf::timestamp tmax() const { return tmax_; }

 private:
  friend class wire::batch_decoder;
  friend class agent::batch_access;

  std::string_view name_, group_;
  std::vector<udf::tag> tags_;
  udf::timestamp tmax_{};
};

}  // namespace kapacitor::udf
