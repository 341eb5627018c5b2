#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "functions/points/group_header.hpp"
#include "functions/points/kept_header.hpp"
#include "functions/windows/live_clock.hpp"
#include "functions/windows/window_grid.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// When a sketch reports, of what, and for whom.
struct report_options : alignment_options, udf::clock_options {
  std::chrono::nanoseconds every{0};
  bool cumulative = false;
  bool per_task = false;
  window_grid grid;  // by check_reports()

  void check_reports() {
    udf::option_problems problems;
    check_alignment({every}, problems);
    problems.throw_if_any();
    grid = grid_of({every});
  }

  udf::scope scope() const { return per_task ? udf::scope::per_task : udf::scope::per_group; }
};

/// Declares `every`, `offset`, `timeZone`, `cumulative` and `perTask`: `schema.with(reports())`.
/// `check()` has to call check_reports().
inline auto reports() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .required("every", &report_options::every,
                  "time from one answer to the next; answers are at its multiples since 1970",
                  udf::at_least(window_grid::least))
        .with(alignment())
        .flag("cumulative", &report_options::cumulative,
              "answer for all points since the task began, not for those since the last answer")
        .flag("perTask", &report_options::per_task,
              "one answer for all groups together, without their tags")
        .with(udf::clock());
  };
}

/// Tells from the points' times, and from the wall clock, when a stretch of `every` has ended; and
/// remembers for whom to report.
class report_clock {
 public:
  explicit report_clock(const report_options& o) : options_(&o) {}

  /// The number of the stretch that the point is in.
  std::int64_t stretch_of(const udf::point& p) const {
    return grid().number(p.time().time_since_epoch().count());
  }
  enum class outcome { counts, ends };
  /// `ends`: the stretch has ended with end() before this point, which counts in the next.
  outcome look(std::int64_t stretch) const {
    return current_ && counting_ && stretch > *current_ ? outcome::ends : outcome::counts;
  }
  /// The time of the oldest point that counts.
  udf::timestamp earliest() const {
    return current_ && !options_->cumulative ? grid().begin(*current_) : udf::timestamp::min();
  }
  std::optional<udf::timestamp> newest() const {
    return current_ ? std::optional(grid().begin(*current_)) : std::nullopt;
  }
  /// The newest point had another time than it said: this one.
  void set_back(udf::timestamp to) {
    current_ = grid().number(to.time_since_epoch().count());
    counting_ = counting_ && options_->cumulative;
    live_ = {};
  }
  udf::timestamp end() const {
    return *current_ < grid().most_number() ? grid().begin(*current_ + 1) : udf::timestamp::max();
  }
  /// The point, which is in that stretch, is being counted.
  void follow(std::int64_t stretch, const udf::point& p) {
    if (!current_ || stretch > *current_) current_ = stretch;
    counting_ = true;
    group_.keep(p);
    live_.take(p.time());
  }
  /// Whether the stretch at hand has points that were not reported.
  bool counting() const { return counting_; }
  /// Whether it has ended by the wall clock.
  bool ended_by(udf::timestamp now) {
    if (!counting_) return false;
    const auto time = live_.time(now);
    return time && grid().number(time->time_since_epoch().count()) > *current_;
  }
  /// The stretch at hand was reported before a point of the next has come.
  void leave() {
    if (*current_ < grid().most_number()) ++*current_;
    counting_ = false;
  }
  const kept_header& group() const { return group_; }

  auto state() { return std::tie(current_, counting_, group_, live_); }
  void check_state() const {
    if (counting_ > current_.has_value() ||
        (current_ && (*current_ > grid().most_number() || *current_ < grid().least_number()))) {
      throw udf::state_error("the snapshot has an impossible time");
    }
  }

 private:
  const window_grid& grid() const { return options_->grid; }

  const report_options* options_;
  std::optional<std::int64_t> current_;  // the stretch of the newest point, or the one after it
  bool counting_ = false;                // it has points
  kept_header group_;
  live_clock live_;
};

/// The header of an answer: of the group, or of the whole task.
///
/// Lifetime: of what it was made from: a point, or the kept_header of a group.
class report_header {
 public:
  template <class Source>
  report_header(const Source& from, const report_options& o)
      : group_(from), header_(group_.header()) {
    if (o.per_task) {
      header_.dimensions = {};
      header_.tags = {};
      header_.by_name = false;
    }
  }
  report_header(const report_header&) = delete;
  report_header& operator=(const report_header&) = delete;

  const udf::header& header() const { return header_; }

 private:
  group_header group_;
  udf::header header_;
};

}  // namespace kapacitor::udf::functions
