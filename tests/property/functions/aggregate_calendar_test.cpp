#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "functions/aggregation/aggregate.hpp"
#include "functions/aggregation/cardinality.hpp"
#include "property/functions/aggregation_model.hpp"

// Windows by the clock of a time zone, against libc's clock read every quarter of an hour.
namespace kapacitor::udf::aggregate_calendar_test {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using test::second;

constexpr std::int64_t quarter = 900, hour = 3'600, day = 24 * hour;  // s

/// libc's clock.
class wall_clock {
 public:
  explicit wall_clock(const std::string& zone) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", zone.c_str(), 1);
    ::tzset();
  }
  ~wall_clock() {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  wall_clock(const wall_clock&) = delete;
  wall_clock& operator=(const wall_clock&) = delete;

  std::tm at(std::int64_t time) const {
    std::tm shown{};
    ::localtime_r(&time, &shown);
    return shown;
  }
  std::int64_t seconds_at(std::int64_t time) const {
    auto shown = at(time);
    return ::timegm(&shown);
  }

 private:
  std::optional<std::string> before_;
};

std::int64_t floor_of(std::int64_t x, std::int64_t unit) {
  return x >= 0 ? x / unit : -((unit - 1 - x) / unit);
}

struct windows {
  const char* zone;
  std::int64_t around;  // a change of the clock, s
  std::int64_t every = day, offset = 0;
  std::int64_t panes = 1;
  std::int64_t months = 0;
};

/// Where stretches begin, in s: whenever the clock shows more than ever before. One that it skips
/// begins with the next.
std::vector<std::int64_t> begins(const windows& w, std::int64_t from, std::int64_t to) {
  const wall_clock clock(w.zone);
  std::vector<std::int64_t> all;
  std::optional<std::int64_t> most;
  for (auto t = floor_of(from, quarter) * quarter; t <= to; t += quarter) {
    std::int64_t n = floor_of(clock.seconds_at(t) - w.offset, w.every);
    if (w.months > 0) {
      const auto shown = clock.at(t - w.offset);
      n = floor_of(shown.tm_year * 12 + shown.tm_mon, w.months);
    }
    if (!most || n > *most) {
      if (most) all.insert(all.end(), static_cast<std::size_t>(n - *most), t);
      most = n;
    }
  }
  return all;
}

std::vector<option> options_of(const windows& w, const char* fill) {
  std::vector<option> all = {
      {"timeZone", {w.zone}},        {"offset", {nanoseconds(w.offset * second)}},
      {"grace", {hours(1)}},         {"fill", {fill}},
      {"aggregate", {"count", "x"}}, {"aggregate", {"last", "x"}}};
  if (w.months > 0) {
    all.push_back({"months", {w.months}});
  } else {
    all.push_back({"period", {nanoseconds(w.every * w.panes * second)}});
    all.push_back({"every", {nanoseconds(w.every * second)}});
  }
  return all;
}

using answers = std::vector<std::pair<std::int64_t, std::int64_t>>;  // end in s, count

/// The windows from the first to the last one that has points, empty ones only if `filled`.
answers expected_of(const windows& w, std::vector<std::int64_t> times, bool filled) {
  std::sort(times.begin(), times.end());
  const auto panes = static_cast<std::size_t>(w.panes);
  const auto margin = std::max<std::int64_t>(w.every, w.months * 31 * day) * (w.panes + 1) + day;
  const auto all = begins(w, times.front() / second - margin, times.back() / second + margin);
  answers result;
  for (std::size_t i = panes; i < all.size(); ++i) {
    const auto from = std::lower_bound(times.begin(), times.end(), all[i - panes] * second);
    const auto to = std::lower_bound(times.begin(), times.end(), all[i] * second);
    if (to == times.begin() || all[i - 1] * second > times.back()) continue;
    if (all[i - 1] == all[i]) continue;
    if (from != to || filled) result.emplace_back(all[i], to - from);
  }
  return result;
}

/// Points up to three stretches apart, some late by less than an hour; in between the function
/// starts again from a snapshot.
void compare(const windows& w, std::uint64_t seed) {
  test::sample random(seed);
  const auto length = std::max<std::int64_t>(w.every, w.months * 30 * day);
  auto time = (w.around - 6 * length) * second;
  for (const char* fill : {"none", "null"}) {
    std::vector<std::int64_t> times;
    const auto f = test::aggregate();
    auto r = std::make_unique<test::runner>(f, options_of(w, fill));
    answers got;
    const auto take = [&](const test::output& out) {
      ASSERT_EQ(out.error, "");
      for (const auto& p : out.points) {
        ASSERT_EQ(p.time % second, 0);
        got.emplace_back(p.time / second, *p.number("x_count"));
      }
    };
    for (int i = 0; i < 120; ++i) {
      const auto most = static_cast<std::size_t>(length * second) / (random.one_in(10) ? 1 : 8);
      time += static_cast<std::int64_t>(random.below(most) * (random.one_in(30) ? 3 : 1));
      if (random.one_in(6)) time = begins(w, time / second, time / second + 2 * length)[0] * second;
      auto t = time;
      if (random.one_in(5) && !times.empty())
        t -= static_cast<std::int64_t>(random.below(3'000) * second);
      times.push_back(t);
      take(r->feed(std::vector{test::at(t, 1.0)}));
      if (i % 20 == 19) {
        const auto saved = r->snapshot();
        r = std::make_unique<test::runner>(f, options_of(w, fill));
        ASSERT_EQ(r->restore(saved), "");
      }
    }
    take(r->finish());
    EXPECT_EQ(got, expected_of(w, times, fill == std::string("null")));
    time = (w.around - 6 * length) * second;
  }
}

std::int64_t utc(int year, int month, int of_month, int at_hour = 0) {
  std::tm t{};
  t.tm_year = year - 1900;
  t.tm_mon = month - 1;
  t.tm_mday = of_month;
  t.tm_hour = at_hour;
  return ::timegm(&t);
}

TEST(AggregateByTheClock, HasTheDaysOfEachZone) {
  struct change {
    const char* zone;
    std::int64_t spring, autumn;
  };
  std::uint64_t seed = 1;
  for (const auto& c : {change{"Europe/Berlin", utc(2024, 3, 31), utc(2024, 10, 27)},
                        change{"America/New_York", utc(2024, 3, 10), utc(2024, 11, 3)},
                        change{"Australia/Lord_Howe", utc(2024, 10, 6), utc(2024, 4, 7)},
                        // At midnight, a whole day, never; and by the rule beyond the table's end.
                        change{"America/Havana", utc(2024, 3, 10), utc(2024, 11, 3)},
                        change{"Pacific/Apia", utc(2011, 12, 30), utc(2012, 4, 1)},
                        change{"Asia/Kathmandu", utc(2024, 3, 31), utc(2024, 10, 27)},
                        change{"Europe/Berlin", utc(2061, 3, 27), utc(2061, 10, 30)}}) {
    for (const auto around : {c.spring, c.autumn}) {
      SCOPED_TRACE(std::string(c.zone) + " " + std::to_string(around));
      compare({c.zone, around}, seed++);
      compare({c.zone, around, day, 6 * hour}, seed++);
      compare({c.zone, around, day, 0, 7}, seed++);
      compare({c.zone, around, 7 * day, 4 * day}, seed++);
      compare({c.zone, around, 6 * hour}, seed++);
      compare({c.zone, around, hour}, seed++);
      compare({c.zone, around, hour, 0, 3}, seed++);
      compare({c.zone, around, day, 0, 1, 1}, seed++);
    }
  }
}

TEST(AggregateByTheClock, HasQuartersAndYears) {
  compare({"Europe/Berlin", utc(2024, 3, 31), day, 0, 1, 3}, 1);
  compare({"Australia/Lord_Howe", utc(1970, 1, 1), day, 0, 1, 1}, 2);
  compare({"UTC", utc(2024, 1, 1), day, 0, 1, 12}, 3);
}

/// Ends and counts of a point each hour.
std::string hourly(std::vector<option> options, std::int64_t from, int points) {
  options.push_back({"aggregate", {"count", "x"}});
  std::vector<test::point> all;
  for (int i = 0; i < points; ++i) all.push_back(test::at((from + i * hour) * second, 1.0));
  const auto out = test::run<functions::aggregate>(options, all);
  std::string text = out.error;
  for (const auto& p : out.points) {
    const std::time_t t = p.time / second;
    std::tm shown{};
    char buffer[32];
    std::strftime(buffer, sizeof buffer, "%d %H:%M", ::gmtime_r(&t, &shown));
    text += (text.empty() ? "" : ", ") + std::string(buffer) + " " +
            std::to_string(static_cast<int>(*p.number("x_count")));
  }
  return text;
}

TEST(AggregateByTheClock, HasDaysOf23And25Hours) {
  const option daily{"period", {hours(24)}};
  const auto spring = utc(2024, 3, 29, 23), autumn = utc(2024, 10, 25, 22);
  const option berlin{"timeZone", {"Europe/Berlin"}};
  EXPECT_EQ(hourly({daily, berlin}, spring, 75), "30 23:00 24, 31 22:00 23, 01 22:00 24");
  EXPECT_EQ(hourly({daily, berlin}, autumn, 75), "26 22:00 24, 27 23:00 25, 28 23:00 24");
  EXPECT_EQ(hourly({daily, berlin, {"offset", {hours(6)}}}, utc(2024, 3, 30, 5), 72),
            "31 04:00 23, 01 04:00 24, 02 04:00 24");
  EXPECT_EQ(hourly({daily, {"offset", {hours(6)}}}, utc(2024, 3, 30, 6), 50),
            "31 06:00 24, 01 06:00 24");
  EXPECT_EQ(hourly({{"months", {1}}, berlin}, utc(2024, 2, 29, 23), 31 * 24), "31 22:00 743");
}

TEST(AggregateByTheClock, HasEachHourOfTheClockOnce) {
  const option hourly_windows{"period", {hours(1)}}, berlin{"timeZone", {"Europe/Berlin"}};
  EXPECT_EQ(hourly({hourly_windows, berlin}, utc(2024, 3, 31, 0), 4),
            "31 01:00 1, 31 02:00 1, 31 03:00 1");
  EXPECT_EQ(hourly({hourly_windows, berlin}, utc(2024, 10, 26, 23), 5),
            "27 00:00 1, 27 02:00 2, 27 03:00 1");
  // The skipped hour is none to be filled.
  EXPECT_EQ(hourly({hourly_windows, berlin, {"fill", {"zero"}}}, utc(2024, 3, 31, 0), 4),
            "31 01:00 1, 31 02:00 1, 31 03:00 1");
}

std::string problem(std::vector<option> options) {
  options.push_back({"aggregate", {"count", "x"}});
  return test::problem_of(test::aggregate(), options);
}

TEST(AggregateByTheClock, SaysWhatIsWrong) {
  const option daily{"period", {hours(24)}};
  for (const char* zone : {"Europe/Berln", "europe/", "/etc/passwd", "../../etc/localtime", "CEST ",
                           "Europe/Berlin\n", "."}) {
    EXPECT_EQ(problem({daily, {"timeZone", {zone}}}),
              "timeZone must be a name of the time zone database, such as 'Europe/Berlin', got '" +
                  std::string(zone) +
                  "' (a name is a file's in /usr/share/zoneinfo, with its capital letters; "
                  "timedatectl list-timezones shows them)");
  }
  EXPECT_EQ(
      problem({{"period", {std::chrono::minutes(5)}}, {"timeZone", {"Europe/Berlin"}}}),
      "every must be at least 1h with a timeZone, got 5m: leave timeZone out, shorter windows "
      "begin at the same times in nearly all zones");
  EXPECT_EQ(problem({daily, {"offset", {hours(24)}}}),
            "offset must be less than every, which is 1d, got 1d");
  EXPECT_EQ(problem({{"months", {1}}, {"offset", {hours(24 * 28)}}}),
            "offset must be less than 28d, got 4w");
  EXPECT_EQ(problem({{"months", {1}}, daily}),
            "months is in place of period and every, got months 1, period 1d and every 0s");
  EXPECT_EQ(problem({}), "a length is needed: .period(duration) or .months(count)");
  EXPECT_EQ(problem({daily, {"offset", {std::chrono::milliseconds(1)}}, {"timeZone", {"UTC"}}}),
            "every and offset must be whole seconds with timeZone or months, got every 1d and "
            "offset 1ms");
}

TEST(AggregateByTheClock, TakesTheFirstAndLastTimesThereAre) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::vector<option>> all = {
      {{"period", {hours(24)}}, {"timeZone", {"Europe/Berlin"}}},
      {{"period", {hours(24)}}, {"offset", {hours(23)}}},
      {{"months", {1}}, {"timeZone", {"America/New_York"}}, {"fill", {"zero"}}}};
  for (auto options : all) {
    options.push_back({"aggregate", {"count", "x"}});
    test::runner r(test::aggregate(), options);
    const auto out = r.feed(std::vector{test::at(least, 1.0), test::at(least + 1, 1.0),
                                        test::at(0, 1.0), test::at(most, 1.0)});
    EXPECT_EQ(out.error, "");
    std::vector<double> counts;
    for (const auto& p : out.points) {
      if (*p.number("x_count") > 0) counts.push_back(*p.number("x_count"));
    }
    EXPECT_EQ(counts, (std::vector{2.0, 1.0}));
    EXPECT_EQ(r.finish().error, "");
    test::runner other(test::aggregate(), options);
    EXPECT_EQ(other.restore(r.snapshot()), "");
  }
}

TEST(Reports, FollowTheClockToo) {
  std::vector<test::point> all;
  for (int i = 0; i < 75; ++i) {
    all.push_back(test::at((utc(2024, 3, 29, 23) + i * hour) * second, static_cast<double>(i)));
  }
  const auto out = test::run<functions::cardinality>({{"field", {"x"}},
                                                      {"every", {hours(24)}},
                                                      {"timeZone", {"Europe/Berlin"}},
                                                      {"precision", {12}}},
                                                     all);
  ASSERT_EQ(out.error, "");
  std::vector<std::pair<std::int64_t, double>> got;
  for (const auto& p : out.points) got.emplace_back(p.time / second, *p.number("cardinality"));
  EXPECT_EQ(
      got, (std::vector<std::pair<std::int64_t, double>>{
               {utc(2024, 3, 30, 23), 24}, {utc(2024, 3, 31, 22), 23}, {utc(2024, 4, 1, 22), 24}}));
}

}  // namespace
}  // namespace kapacitor::udf::aggregate_calendar_test
