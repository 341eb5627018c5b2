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
///     void on_begin(const udf::batch&) { peak.reset(); }
///
/// or, if the answer is a batch as well,
///
///     void on_begin(const udf::batch& b, udf::emitter& out) { answer.emplace(out.open_batch(b)); }
///
/// A function that needs all points at once keeps them in a point_buffer. Kapacitor sends a batch
/// whole, and batches of different groups never overlap.
///
/// Lifetime: the batch and its views are valid until on_end returns; its points only during their
///           own callbacks.
/// Threads:  one at a time.
/// Source:   proto/udf.proto, BeginBatch
class batch {
 public:
  /// The measurement, such as "cpu": the points of the batch do not repeat it.
  std::string_view name() const { return name_; }
  /// The group's identity, such as "host=a,site=north"; the same for all batches of the group.
  std::string_view group() const { return group_; }
  /// The group's tags, in the order they came: Kapacitor has none. Their names are the dimensions.
  std::span<const udf::tag> tags() const { return tags_; }
  /// The value of a tag of the group, empty if it has no such tag. Cost: O(tags).
  std::optional<std::string_view> tag(std::string_view name) const {
    for (const auto& t : tags_) {
      if (t.name == name) return t.value;
    }
    return std::nullopt;
  }
  /// How many points to expect: good for reserving memory, and for nothing else, because a peer may
  /// count wrongly. 0: not known.
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
///     void on_end(const udf::batch_end& end, udf::emitter& out) {
///       if (peak) out.emit(end, {{"peak", *peak}});
///     }
///
/// Lifetime: valid until on_end returns.
/// Threads:  one at a time.
/// Source:   proto/udf.proto, EndBatch
class batch_end {
 public:
  /// The measurement, as in the beginning.
  std::string_view name() const { return name_; }
  /// The group's identity, as in the beginning.
  std::string_view group() const { return group_; }
  /// The group's tags, as in the beginning.
  std::span<const udf::tag> tags() const { return tags_; }
  /// The time of the batch: of a window its end, of a query its stop time. An answer's close() is
  /// usually given the same.
  udf::timestamp tmax() const { return tmax_; }

 private:
  friend class wire::batch_decoder;
  friend class agent::batch_access;

  std::string_view name_, group_;
  std::vector<udf::tag> tags_;
  udf::timestamp tmax_{};
};

}  // namespace kapacitor::udf
