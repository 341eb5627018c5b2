#include "base/table/time_column.hpp"

#include <algorithm>

#include "base/text/encoding.hpp"

namespace kapacitor {
namespace {

/// By the size of a number since 1970: of the years 1980 to 2200 only, so that no unit is taken for
/// another, and no number of something else for a time.
std::optional<time_format> unit_by_size(std::string_view cell) {
  const auto digits = cell.substr(0, cell.find('.'));
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  constexpr std::int64_t first = 315'532'800, last = 7'258'118'400;  // s
  for (const auto unit : {time_format::s, time_format::ms, time_format::us, time_format::ns}) {
    const auto ns = read_time(digits, unit);
    if (ns && *ns >= first * 1'000'000'000 && *ns < last * 1'000'000'000) return unit;
  }
  return std::nullopt;
}

/// Whether it is a date of two numbers, then the year: 1 for days first, 2 for months, 3 for both.
unsigned orders_of(std::string_view cell) {
  const unsigned day = read_time(cell, time_format::day_first) ? 1U : 0U;
  return day | (read_time(cell, time_format::month_first) ? 2U : 0U);
}

/// A number that is a day of 1970 to 2100 to a spreadsheet may as well be something else: it is no
/// time by itself.
std::string hint_for(std::string_view cell) {
  constexpr std::int64_t year_2100 = 4'102'444'800'000'000'000;  // ns
  const auto date = read_time(trimmed(cell), time_format::excel);
  if (!date || *date < 0 || *date >= year_2100) return {};
  return "it may be a spreadsheet's number for " + time_to_text(*date) +
         ", which --time-format excel reads, or save the column as a date; ";
}

}  // namespace

bool time_column::look(std::string_view cell) {
  cell = trimmed(cell);
  if (format_ != time_format::automatic) return true;
  if (cell.empty()) return false;
  if (!slashes_) {
    if (const auto unit = unit_by_size(cell)) {
      by_size_ = true;
      format_ = *unit;
      return true;
    }
  }
  const auto orders = orders_of(cell);
  if (orders == 0) return !slashes_;
  // Nobody writes the month first with points.
  if (cell.find('.') < 3) {
    format_ = time_format::day_first;
    return true;
  }
  slashes_ = true;
  day_first_ = day_first_ || orders == 1;
  month_first_ = month_first_ || orders == 2;
  return false;
}

void time_column::decide() {
  if (format_ != time_format::automatic) return;
  format_ = day_first_ ? time_format::day_first : month_first_ ? time_format::month_first : format_;
  if (format_ == time_format::automatic) format_ = time_format::date;
}

std::optional<std::int64_t> time_column::read(std::string_view cell) const {
  return read_time(trimmed(cell), format_);
}

std::string time_column::allowed(std::string_view cell) const {
  switch (format_) {
    case time_format::automatic:
    case time_format::date:
      return hint_for(cell) +
             "allowed are 2024-05-01T12:00:00Z, 2024-05-01 12:00[:00[.fff]] and 2024-05-01, or "
             "what "
             "--time-format s, ms, us, ns, dmy or mdy says; --time-column chooses the column";
    case time_format::day_first:
      return "allowed are 31.12.2024 13:45[:00] and 31/12/2024, as the other times; --time-format "
             "says another";
    case time_format::month_first:
      return "allowed are 12/31/2024 13:45[:00] and 12/31/2024 1:45 PM, as the other times; "
             "--time-format says "
             "another";
    case time_format::excel:
      return "allowed are days since 1899-12-30, such as 45413.5; --time-format says another";
    default:
      return std::string("allowed are numbers since 1970-01-01 in ") + text() +
             "; --time-format says another";
  }
}

std::string time_column::text() const {
  switch (format_) {
    case time_format::automatic:
    case time_format::date:
      return "dates, UTC where they have no offset";
    case time_format::day_first:
      return "dates with the day first, UTC";
    case time_format::month_first:
      return "dates with the month first, UTC";
    case time_format::excel:
      return "a spreadsheet's days since 1899-12-30, UTC";
    default:
      break;
  }
  const auto unit = std::string(name_of(format_, std::span(time_formats)));
  return by_size_ ? unit + ", by their size" : unit;
}

}  // namespace kapacitor
