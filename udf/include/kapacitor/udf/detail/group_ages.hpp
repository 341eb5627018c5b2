#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <kapacitor/udf/detail/group_index.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::detail {

/// When each group of a task last had a point: by the times of its points, and by the wall clock
/// that the driver tells. Without a limit (task_limits::group_ttl) it knows nothing and costs
/// nothing.
///
/// All depends on the order of points and times alone, so that after a restore the same groups are
/// forgotten at the same points.
class group_ages {
 public:
  /// `ttl`: 0 or less: none.
  explicit group_ages(std::chrono::nanoseconds ttl)
      : ttl_(ttl.count() > 0 ? static_cast<std::uint64_t>(ttl.count()) : unlimited) {}

  bool limited() const { return ttl_ != unlimited; }
  /// In ns; the largest number if there is no limit.
  std::uint64_t ttl() const { return ttl_; }

  /// A group begins, with a point.
  void begin(std::size_t number) {
    if (ages_.size() <= number) ages_.resize(number + 1);
    ages_[number] = {};
    hear(number);
  }
  /// A point has come to the group.
  void hear(std::size_t number) {
    ages_[number].heard = told_.value_or(never);
    if (!told_) unheard_ = true;
  }
  /// It has that time. Returns: whether it comes too late for the group: that begins anew
  bool see(std::size_t number, timestamp time) {
    auto& newest = ages_[number].newest;
    const auto t = time.time_since_epoch().count();
    const bool old = newest != never && t > newest && distance(newest, t) > ttl_;
    newest = std::max(newest, t);
    return old;
  }

  /// The wall clock says `now`.
  void tell(timestamp now);
  /// Calls forget(number) for each group that had no point for too long by then.
  template <class Forget>
  void each_old(const group_index& groups, Forget forget) {
    if (!told_ || (soonest_ != never && !is_old(soonest_))) return;
    auto soonest = *told_;
    for (auto n = groups.first(); n != group_index::none;) {
      const auto next = groups.after(n);
      const auto heard = ages_[n].heard;
      if (is_old(heard)) {
        forget(n);
      } else {
        soonest = std::min(soonest, heard);
      }
      n = next;
    }
    soonest_ = soonest;
  }

  /// Appends all, group by group in their order.
  void save(state_writer& out, const group_index& groups) const;
  /// The groups are older than what is known of them.
  void know_nothing(const group_index& groups) {
    ages_.assign(groups.numbers(), {});
    unheard_ = true;
  }
  /// Reads what save() has written of so many groups. Errors: state_error
  void load(state_reader& in, const group_index& groups, std::size_t saved);

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
  struct age {
    std::int64_t newest = never;  // time of a point
    std::int64_t heard = never;   // what the wall clock last said before a point
  };

  bool is_old(std::int64_t heard) const { return heard < *told_ && distance(heard, *told_) > ttl_; }
  static std::uint64_t distance(std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  }

  std::uint64_t ttl_;
  std::vector<age> ages_;             // by number
  std::optional<std::int64_t> told_;  // the wall clock
  std::int64_t soonest_ = never;      // no group was last heard before that; never: not known
  bool unheard_ = false;              // a point came before the wall clock was told
};

}  // namespace kapacitor::udf::detail
