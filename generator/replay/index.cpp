#include "replay/index.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include <fmt/format.h>

#include "base/table/series_hash.hpp"
#include "base/text/error.hpp"
#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::size_t most_series = std::size_t{1} << 20U;
constexpr std::size_t most_intervals = std::size_t{1} << 20U;
constexpr std::size_t bad_shown = 3;

bool earlier(const index_entry& a, const index_entry& b) {
  // By offset as well: std::sort needs no memory, but would not keep the order by itself.
  return a.time != b.time ? a.time < b.time : a.offset < b.offset;
}

/// Of the distances that are not 0; of every n-th one where there are many.
std::int64_t median_interval(const std::vector<index_entry>& entries) {
  std::vector<std::int64_t> distances;
  const auto stride = entries.size() / most_intervals + 1;
  for (std::size_t i = 1; i < entries.size(); i += stride) {
    const auto distance = entries[i].time - entries[i - 1].time;
    if (distance > 0) distances.push_back(distance);
  }
  if (distances.empty()) return std::max<std::int64_t>(0, entries.back().time - entries[0].time);
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

}  // namespace

index_builder::index_builder(const replay_settings& s, std::string_view text)
    : settings_(s), text_(text) {}

bool index_builder::wanted(std::string_view database, std::string_view retention_policy) const {
  const auto matches = [](const std::optional<std::string>& only, std::string_view is) {
    return !only || *only == is;
  };
  return matches(settings_.from_database, database) &&
         matches(settings_.from_retention_policy, retention_policy);
}

void index_builder::set_place(std::string_view database, std::string_view retention_policy) {
  auto& places = description_.places;
  const auto is_it = [&](const replay_place& p) {
    return p.database == database && p.retention_policy == retention_policy;
  };
  if (place_ < places.size() && is_it(places[place_])) return;
  place_ =
      static_cast<std::size_t>(std::find_if(places.begin(), places.end(), is_it) - places.begin());
  wanted_ = wanted(database, retention_policy);
  if (place_ == places.size()) {
    places.push_back({std::string(database), std::string(retention_policy)});
  }
}

void index_builder::count_series(std::uint64_t series) {
  if (series == last_series_ && !series_.empty()) return;
  last_series_ = series;
  if (series_.size() < most_series) {
    series_.insert(series);
  } else if (!series_.contains(series)) {
    description_.all_series_counted = false;
  }
}

void index_builder::add(std::int64_t time, std::string_view part, std::uint64_t series) {
  if (place_ < description_.places.size()) ++description_.places[place_].points;
  if (!wanted_) return;
  count_series(series);
  if (!entries_.empty() && time < entries_.back().time) description_.sorted = false;
  entries_.push_back({time, static_cast<std::uint64_t>(part.data() - text_.data()),
                      static_cast<std::uint32_t>(part.size()), folded(series)});
}

void index_builder::bad(std::uint64_t line, std::string_view what) {
  auto message = fmt::format("{}:{}: {}", settings_.path, line, what);
  if (!settings_.skip_bad_lines) throw usage_error(message);
  if (description_.bad_lines++ < bad_shown) description_.first_bad.push_back(std::move(message));
}

void index_builder::restart() {
  entries_.clear();
  description_ = {};
  series_.clear();
}

std::vector<index_entry> index_builder::finish(replay_description& d) {
  if (entries_.empty()) {
    const auto why = description_.first_bad.empty() ? "" : "; " + description_.first_bad[0];
    throw usage_error(fmt::format("{}: holds no points{}", settings_.path, why));
  }
  if (!description_.sorted) std::sort(entries_.begin(), entries_.end(), earlier);
  std::int64_t span = 0;
  if (__builtin_sub_overflow(entries_.back().time, entries_.front().time, &span)) {
    throw usage_error(fmt::format(
        "{}: times from {} to {} are too far apart: allowed are 292 years", settings_.path,
        time_to_text(entries_.front().time), time_to_text(entries_.back().time)));
  }
  description_.points = entries_.size();
  description_.series = series_.size();
  description_.first = entries_.front().time;
  description_.last = entries_.back().time;
  description_.median_interval = median_interval(entries_);
  description_.table = fields_.description();
  d = std::move(description_);
  return std::move(entries_);
}

namespace {

constexpr std::size_t fields_shown = 100;

std::string to_text(const table_description& t) {
  std::string text;
  if (!t.dialect.empty()) text += fmt::format("cells     {}\n", t.dialect);
  if (!t.times.empty()) text += fmt::format("times     {}\n", t.times);
  if (t.tables > 1) text += fmt::format("tables    {}\n", t.tables);
  for (std::size_t i = 0; i < std::min(t.fields.size(), fields_shown); ++i) {
    const auto& f = t.fields[i];
    const auto* dot = f.measurement.empty() ? "" : ".";
    text += fmt::format("field     {}{}{}: {}\n", f.measurement, dot, f.name, f.type);
  }
  if (t.fields.size() > fields_shown) {
    text += fmt::format("          and {} more\n", t.fields.size() - fields_shown);
  }
  for (const auto& w : t.warnings) text += fmt::format("warning   {}\n", w);
  return text;
}

/// Times of 1970 are mostly numbers in another unit.
std::string times_warning(const replay_description& d) {
  constexpr std::int64_t year = 31'536'000'000'000'000;
  if (d.first < 0 || d.last >= year) return {};
  return "warning   all times are of 1970: --time-format s, ms, us or ns says another unit\n";
}

}  // namespace

std::string to_text(const replay_description& d) {
  auto text =
      fmt::format("format    {}\npoints    {}\nseries    {}{}\nfrom      {}\nto        {}\n",
                  to_text(d.format), d.points, d.all_series_counted ? "" : "more than ", d.series,
                  time_to_text(d.first), time_to_text(d.last));
  text += fmt::format("interval  {} (median)\norder     {}\n",
                      short_duration(std::chrono::nanoseconds(d.median_interval)),
                      d.sorted ? "by time" : "not by time; replayed by time");
  for (const auto& p : d.places) {
    text += fmt::format("place     {}.{}: {} points\n", p.database, p.retention_policy, p.points);
  }
  text += to_text(d.table);
  if (!d.name_warning.empty()) text += fmt::format("warning   {}\n", d.name_warning);
  text += times_warning(d);
  if (d.without_fields > 0)
    text += fmt::format("empty     {} rows without fields\n", d.without_fields);
  if (d.bad_lines > 0) text += fmt::format("bad       {} lines left out, such as\n", d.bad_lines);
  for (const auto& line : d.first_bad) text += "          " + line + '\n';
  return text;
}

}  // namespace kapacitor::generator
