#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What a series is like in each part of its season: a mean of each over about seven seasons, and
/// between the middles of two parts a line from one mean to the other.
///
/// A season has 24 parts, the hours of a day; one of more than two days has 84, two hours of a
/// week. They begin with the first point, so that the clock's zero does not matter.
class season_profile {
 public:
  static constexpr std::size_t most_parts = 84, parts_of_day = 24;

  /// A time within the season: between the middles of a part and of one of its neighbours.
  struct place {
    udf::timestamp time;
    std::size_t part, neighbour;
    double towards;  // the neighbour, 0 to 0.5
    double length;   // of a part, ns
  };
  /// season: above 0
  place place_of(udf::timestamp time, std::chrono::nanoseconds season) const;
  /// What is expected there; empty for a part of the season that is new.
  std::optional<double> expected(const place& p) const;
  /// `most_surprise`: a value farther from what was expected counts as one that far.
  void learn(const place& p, double x, double most_surprise);
  /// ns from the first point to this one, 0 if it is earlier.
  double age(udf::timestamp time) const;

  auto state() { return std::tie(begun_, first_, last_, means_, counts_); }
  bool is_possible() const;
  /// What version 1 of the anomaly function knew of a season of 24 parts.
  struct day {
    udf::timestamp first, last;
    std::array<double, parts_of_day> means;
    std::array<std::uint32_t, parts_of_day> counts;
  };
  void take_over(const day& d, std::chrono::nanoseconds season);

 private:
  bool begun_ = false;
  udf::timestamp first_{}, last_{};
  std::array<double, most_parts> means_{};
  std::array<std::uint16_t, most_parts> counts_{};
};

}  // namespace kapacitor::udf::functions
