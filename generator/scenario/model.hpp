#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "signal/anomaly.hpp"
#include "signal/spec.hpp"

namespace kapacitor::generator {

using tag_list = std::vector<std::pair<std::string, std::string>>;

/// A tag of a measurement, from which the series come: those with a number of values are combined
/// with each other; the others tell the series apart or follow their number.
struct tag_spec {
  std::string key;
  std::vector<std::string> values;  // or
  std::string pattern;              // such as m{:03}, made from a number
  std::size_t count = 0;            // of the pattern's values; 0: each series has its own
  bool in_turn = false;  // values: the series take them in turn, instead of combining them
};

enum class field_type { real, integer, boolean, text };

struct field_spec {
  static constexpr int all_digits = -1;

  std::string name;
  field_type type = field_type::real;
  int decimals = 3;  // of a real; all_digits: as many as it takes
  signal_spec shape;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  std::vector<std::string> states;  // of a text: what the values 0, 1, ... stand for
};

struct measurement_spec {
  std::string name;
  std::optional<std::size_t> series;  // empty: all combinations of the tags
  std::vector<tag_spec> tags;
  std::vector<field_spec> fields;
};

/// One kind of anomaly, in one field or in how points arrive, of some of the series.
struct anomaly_rule {
  std::string measurement;
  std::string field;  // empty: the points themselves
  tag_list series;    // tags and globs for their values; empty: all
  anomaly_kind kind = anomaly_kind::spike;
  anomaly_schedule when;
  nanoseconds delay{};  // of late points
};

/// Series that end, and others that begin in their place.
struct churn_spec {
  double replace = 0;  // of the series, each time
  nanoseconds every{};
};

/// Everything that a stream follows from.
struct scenario {
  std::string name;
  std::uint64_t seed = 1;
  nanoseconds interval = std::chrono::seconds(1);  // between two points of a series
  std::vector<measurement_spec> measurements;
  std::vector<anomaly_rule> anomalies;
  std::optional<churn_spec> churn;
};

}  // namespace kapacitor::generator
