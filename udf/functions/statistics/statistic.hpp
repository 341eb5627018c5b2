#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The part of 1 that a percentile's name means: 'p99.9' is 0.999, 'median' is 0.5. Empty for a
/// name of something else.
std::optional<double> percentile_named(std::string_view name);

/// A statistic of a window, as an option names it.
struct statistic {
  enum class kind {
    mean,
    stddev,
    variance,
    min,
    max,
    range,
    sum,
    count,
    first,
    last,
    median,
    mad,
    percentile,
    skew,
    slope
  };

  kind what = kind::mean;
  double part = 0;  // of a percentile, 0 to 1

  /// Empty for a name that there is not.
  static std::optional<statistic> named(std::string_view name);
  /// For the option: the names there are.
  static udf::allowed allowed_names();

  /// How far sums of powers are needed: 0 not at all, 1 the sum, 2 squares, 3 cubes.
  int order() const;
  bool needs_sorted() const;
};

}  // namespace kapacitor::udf::functions
