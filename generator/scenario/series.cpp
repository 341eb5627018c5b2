#include "scenario/series.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

std::size_t choices(const tag_spec& tag) {
  return tag.values.empty() ? tag.count : tag.values.size();
}

bool is_combined(const tag_spec& tag) {
  return !tag.in_turn && choices(tag) > 0;
}

std::string value_of(const tag_spec& tag, std::size_t number) {
  return tag.values.empty() ? fmt::format(fmt::runtime(tag.pattern), number) : tag.values[number];
}

}  // namespace

bool series_set::can_grow(const measurement_spec& measurement) {
  return std::any_of(measurement.tags.begin(), measurement.tags.end(),
                     [](const tag_spec& tag) { return choices(tag) == 0; });
}

std::size_t series_set::combinations(const measurement_spec& measurement) {
  if (can_grow(measurement)) return 0;
  constexpr std::size_t most = std::size_t{1} << 31U;  // more than anybody may have
  std::size_t product = 1;
  for (const auto& tag : measurement.tags) {
    if (is_combined(tag)) product = std::min(product * std::min(choices(tag), most), most);
  }
  return product;
}

series_set::series_set(const measurement_spec& measurement) : measurement_(measurement) {
  const auto most = combinations(measurement);
  size_ = measurement.series.value_or(std::max<std::size_t>(1, most));
  if (most == 0 || size_ <= most) return;
  throw usage_error(fmt::format(
      "the series of {} cannot be {}: its tags make {}, unless one has a pattern without a count",
      measurement.name, size_, most));
}

tag_list series_set::tags(std::size_t series, std::size_t generation) const {
  tag_list made;
  auto rest = series;
  // The last tag is the one that changes with each series.
  for (auto tag = measurement_.tags.rbegin(); tag != measurement_.tags.rend(); ++tag) {
    auto number = identity(series, generation);
    if (is_combined(*tag)) {
      number = rest % choices(*tag);
      rest /= choices(*tag);
    } else if (choices(*tag) > 0) {
      number = series % choices(*tag);
    }
    made.emplace_back(tag->key, value_of(*tag, number));
  }
  // InfluxDB sorts tags itself if we do not, for each point.
  std::sort(made.begin(), made.end());
  return made;
}

std::string head_of(const std::string& measurement, const tag_list& tags) {
  auto head = escape_measurement(measurement);
  for (const auto& [key, value] : tags) head += ',' + escape_key(key) + '=' + escape_key(value);
  return head;
}

}  // namespace kapacitor::generator
