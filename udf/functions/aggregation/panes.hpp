#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "functions/aggregation/accumulator.hpp"
#include "functions/aggregation/t_digest.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What each pane has: an accumulator for each input, and a digest for those with percentiles.
struct pane_shape {
  std::size_t inputs = 0, digests = 0;
};

/// The panes alive of a group that have points, by time. Each has a number, that of its stretch.
///
/// Cost: at() of the newest pane: O(1); no allocation once as many have been alive as there get
class panes {
 public:
  bool empty() const { return numbers_.empty(); }
  std::size_t size() const { return numbers_.size(); }
  /// Of the k-th, counted from the oldest.
  std::int64_t number(std::size_t k) const { return numbers_[k]; }
  std::int64_t oldest() const { return numbers_.front(); }
  std::int64_t newest() const { return numbers_.back(); }
  const accumulator& part(std::size_t k, std::size_t input, pane_shape shape) const {
    return parts_[k * shape.inputs + input];
  }
  const t_digest& digest(std::size_t k, std::size_t i, pane_shape shape) const {
    return digests_[k * shape.digests + i];
  }

  /// One pane, to be added to.
  struct place {
    accumulator* parts;
    t_digest* digests;
  };
  /// That of the number, made if there is none yet.
  place at(std::int64_t number, pane_shape shape) {
    if (numbers_.empty() || numbers_.back() != number) [[unlikely]]
      return find_or_add(number, shape);
    return place_of(numbers_.size() - 1, shape);
  }
  /// Forgets those before that number.
  void leave_before(std::int64_t number, pane_shape shape);

  auto state() { return std::tie(numbers_, parts_, digests_); }
  /// The state of version 1, which had no digests.
  auto first_state() { return std::tie(numbers_, parts_); }
  /// Whether the parts are as many as the shape asks for, and the numbers in order.
  bool fits(pane_shape shape) const;

 private:
  place place_of(std::size_t k, pane_shape shape) {
    return {parts_.data() + k * shape.inputs, digests_.data() + k * shape.digests};
  }
  place find_or_add(std::int64_t number, pane_shape shape);
  void add_digests(std::size_t k, pane_shape shape);

  std::vector<std::int64_t> numbers_;
  std::vector<accumulator> parts_;
  std::vector<t_digest> digests_;
  std::vector<t_digest> spare_;  // empty ones that keep their memory
};

}  // namespace kapacitor::udf::functions
