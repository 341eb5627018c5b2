#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text/choice.hpp"

namespace kapacitor {

/// The first and the last time that InfluxDB 1.x stores, in ns: the two lowest and the highest
/// int64 mean something else to it.
inline constexpr std::int64_t first_stored_time = INT64_MIN + 2;
inline constexpr std::int64_t last_stored_time = INT64_MAX - 1;

/// A time in ns of `count` units of `unit` ns, and `rest` ns; nothing if InfluxDB cannot store it.
std::optional<std::int64_t> stored_time(std::int64_t count, std::int64_t unit, std::int64_t rest);

/// How a file writes its times.
///
///   automatic    line protocol: ns; tables: by the file
///   date         RFC3339, or "YYYY-MM-DD[ HH:MM[:SS[.fff]]]", which is UTC unless an offset
///   follows day_first    "DD.MM.YYYY[ HH:MM[:SS]]" month_first  "MM/DD/YYYY[ HH:MM[:SS][ PM]]"
///   excel        a spreadsheet's date as a number: days since 1899-12-30, UTC, from 1900-03-01 on,
///                read to the ms
///   s…ns         since 1970-01-01 UTC; in tables with a fraction if wanted
enum class time_format { automatic, date, day_first, month_first, excel, s, ms, us, ns };

inline constexpr choice<time_format> time_formats[] = {{"auto", time_format::automatic},
                                                       {"date", time_format::date},
                                                       {"rfc3339", time_format::date},
                                                       {"dmy", time_format::day_first},
                                                       {"mdy", time_format::month_first},
                                                       {"excel", time_format::excel},
                                                       {"s", time_format::s},
                                                       {"ms", time_format::ms},
                                                       {"us", time_format::us},
                                                       {"u", time_format::us},
                                                       {"ns", time_format::ns}};

/// ns since 1970-01-01 UTC; nothing if the text is no such time, or one that InfluxDB cannot store
/// (before 1677-09-21 or after 2262-04-11).
std::optional<std::int64_t> read_time(std::string_view text, time_format format);

/// ns since 1970-01-01 UTC: "2024-05-01T12:00:00Z", "2024-05-01 12:00:00.5+02:00".
/// Errors: usage_error
std::int64_t parse_time(std::string_view text);

/// A time, or how far it is from now.
struct moment {
  bool from_now = false;
  std::int64_t ns = 0;  // since 1970-01-01 UTC, or from now

  /// Cut off at the ends of 64 bits.
  std::int64_t at(std::int64_t now) const {
    std::int64_t sum = 0;
    if (!from_now) return ns;
    if (!__builtin_add_overflow(now, ns, &sum)) return sum;
    return ns > 0 ? INT64_MAX : INT64_MIN;
  }
};

/// "now", "-1h", "+30m", or a time as parse_time() reads it. Errors: usage_error
moment parse_moment(std::string_view text);

/// RFC 3339, UTC, with the fraction only if there is one: "2024-05-01T12:00:00.5Z".
std::string time_to_text(std::int64_t ns);

/// RFC 3339, UTC, always with nine decimals, so that lines of text sort.
std::string rfc3339(std::int64_t ns);

}  // namespace kapacitor
