#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "functions/windows/time_zone.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Where stretches of time begin, one after the other: at the multiples of their length since
/// 1970-01-01 00:00, later by an offset, by the clock of a time zone. Or with the calendar's
/// months.
///
/// By a clock with summer time, a day has 23 or 25 hours. A stretch that the clock skips, such as
/// the hour from 2 to 3 in spring, is empty: it ends where it begins.
///
/// Units: ns since 1970; stretches are numbered, 0 begins at the offset
/// Cost:  number(): a division; by a clock some 50 ns
class window_grid {
 public:
  /// Below, the numbers of stretches would not leave room to reckon with.
  static constexpr std::chrono::nanoseconds least{1'000};
  /// By the clock of a zone: shorter ones are the same in nearly all zones.
  static constexpr std::chrono::nanoseconds least_by_clock = std::chrono::hours(1);

  struct layout {
    std::chrono::nanoseconds length{0}, offset{0};
    std::int64_t months = 0;                // in place of a length
    std::shared_ptr<const time_zone> zone;  // null: UTC
  };

  window_grid() : window_grid(layout{.length = least, .offset = {}, .months = 0, .zone = {}}) {}
  explicit window_grid(layout l);

  /// The number of the stretch that the time is in.
  std::int64_t number(std::int64_t time) const {
    if (by_clock_) [[unlikely]]
      return number_by_clock(time);
    const auto n = time / length_;
    const auto begin = n * length_;  // towards 0, so that it is a time
    if (time >= begin) return n - (time - begin < offset_);
    return n - 1 - (time - begin + length_ < offset_);
  }
  /// Where a stretch begins; at the ends of time, the first or the last time there is.
  udf::timestamp begin(std::int64_t number) const {
    if (number <= least_number_) return udf::timestamp::min();
    if (number > most_number_) return udf::timestamp::max();
    return udf::timestamp(std::chrono::nanoseconds(begin_of(number)));
  }
  /// Whether the clock skips a stretch.
  bool is_empty(std::int64_t number) const {
    return by_clock_ && begin_of(number) == begin_of(number + 1);
  }
  /// The numbers that times have.
  std::int64_t least_number() const { return least_number_; }
  std::int64_t most_number() const { return most_number_; }
  /// How many stretches a time may touch at most, beyond those that it does by its length.
  std::int64_t irregularity() const;

 private:
  std::int64_t begin_of(std::int64_t number) const;
  std::int64_t number_by_clock(std::int64_t time) const;
  std::int64_t clock_begin(std::int64_t number) const;

  std::int64_t length_, offset_, months_;
  std::shared_ptr<const time_zone> zone_;
  bool by_clock_;
  std::int64_t least_number_ = 0, most_number_ = 0;
};

/// Where windows begin, as options.
struct alignment_options {
  std::chrono::nanoseconds offset{0};
  std::string time_zone;  // empty: UTC

  /// The length of the stretches: a time, or calendar months.
  struct period {
    std::chrono::nanoseconds every{0};
    std::int64_t months = 0;
  };
  /// Adds what is wrong with the offset or the zone, for stretches of that length.
  void check_alignment(const period& p, udf::option_problems& problems) const;
  /// The grid, if nothing is wrong.
  window_grid grid_of(const period& p) const;
};

/// Declares `offset` and `timeZone`: `schema.with(alignment())`. `check()` has to call
/// check_alignment() and grid_of().
inline auto alignment() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .optional("offset", &alignment_options::offset,
                  "by how much later all windows begin, such as 6h for days from 6 to 6 o'clock, "
                  "or 4d for weeks from Monday on: 1970 began with a Thursday",
                  udf::at_least(std::chrono::nanoseconds(0)))
        .optional("timeZone", &alignment_options::time_zone,
                  "time zone by whose clock windows begin, such as 'Europe/Berlin', with days of "
                  "23 and 25 hours (empty: UTC)");
  };
}

}  // namespace kapacitor::udf::functions
