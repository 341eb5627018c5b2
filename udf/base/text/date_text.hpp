#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kapacitor {

/// In which order a date has year, month and day.
enum class date_order { year_first, day_first, month_first };

/// Reads a date with a time of day, as ns since 1970-01-01 UTC:
///
///     2024-05-01[T12:30[:45[.123]]][Z|+02:00]     year_first; 2024/05/01 as well
///     01.05.2024[, 12:30[:45]]                    day_first; with '.', '/' or '-'
///     5/1/2024[ 3:30[:45] PM]                     month_first; likewise
///
/// Between date and time stands a T or a blank, with a comma if wanted; the fraction may begin with
/// a comma; what is finer than ns is dropped. Without an offset it is UTC; "UTC", "GMT", "+0200"
/// and a blank before an offset are taken, too. Without a time it is midnight.
///
/// Returns: nothing if the text is no such date, or if InfluxDB cannot store it
std::optional<std::int64_t> read_date(std::string_view text, date_order order);

}  // namespace kapacitor
