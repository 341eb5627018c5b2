#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/reason.hpp>

namespace kapacitor::udf::agent {

/// What a function says of an answer that is missing, or not the full one.
struct shortfall {
  reason why = reason::unspecified;
  bool answered = false;       // though not in full
  std::string_view what = {};  // a name, mostly of a field or tag
};

/// Where it said so: of a point, or of none, in a group.
struct occasion {
  const point* at = nullptr;  // nullptr: at the end of a batch, of the input, or by the clock
  std::string_view group = {};
  std::optional<timestamp> against = {};  // the time that makes the point's late, or too early
};

/// All that was said of one name for one reason.
struct cause {
  reason why = reason::unspecified;
  bool answered = false;
  std::string what = {};
  std::uint64_t count = 0;
  std::string place = {};  // of the last one that was due: key=value
  std::string seen = {};   // what the field of that name was then, such as "a string"
};

/// What is known of all points.
struct points_seen {
  std::uint64_t count;
  const std::vector<std::string>& fields;
  const std::vector<std::string>& tags;
};

/// " group="host=a" time=… value=… has="usage, idle"": what helps to find the cause.
std::string place_of(const shortfall& said, const occasion& where);

/// What the field of that name is: "a string", "a bool", "NaN or infinite"; empty without one.
std::string kind_of(std::string_view field, const occasion& where);

/// "reason=missing_field what="usge"" and the place, without the count.
std::string key_values(const cause& said);

/// "field 'usge' is in no point; they have usage, idle", for each, with "; " between them.
std::string sentences_of(const std::vector<const cause*>& causes, const points_seen& seen);

}  // namespace kapacitor::udf::agent
