#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace kapacitor::udf::functions {

/// The clock on the wall of a place, summer time included.
///
/// Units:   seconds since 1970-01-01 00:00, of UTC and of that clock
/// Errors:  named() returns nullptr if there is no such zone
/// Threads: any number at a time
/// Source:  the system's time zone database (/usr/share/zoneinfo, or what TZDIR names), which goes
///          beyond 2037 by the rule at the end of each file
class time_zone {
 public:
  /// A name of the database, such as "Europe/Berlin"; never a path out of it.
  static std::shared_ptr<const time_zone> named(const std::string& name);
  /// Whether the machine has the database.
  static bool database_is_there();
  virtual ~time_zone() = default;

  /// What the clock shows at that time.
  virtual std::int64_t clock_at(std::int64_t time) const = 0;
  /// The first time at which the clock shows that, or more: what is skipped in spring is reached at
  /// once, what comes twice in autumn counts the first time.
  virtual std::int64_t reaches(std::int64_t clock) const = 0;
};

/// The month that a clock's seconds are in, counted from January 1970, and where one begins.
std::int64_t month_of(std::int64_t clock);
std::int64_t begin_of_month(std::int64_t month);

}  // namespace kapacitor::udf::functions
