#include "source/series_rows.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace kapacitor::generator {
namespace {

bool matches(const anomaly_rule& rule, const tag_list& tags) {
  return std::all_of(rule.series.begin(), rule.series.end(), [&](const auto& wanted) {
    const auto tag = std::find_if(tags.begin(), tags.end(),
                                  [&](const auto& t) { return t.first == wanted.first; });
    return tag != tags.end() && ::fnmatch(wanted.second.c_str(), tag->second.c_str(), 0) == 0;
  });
}

}  // namespace

series_rows::series_rows(const measurement_spec& measurement, row_range series, bool replaced)
    : measurement_(measurement),
      range_(series),
      series_(measurement),
      heads_(series.count),
      generations_(replaced ? series.count : 0) {
  for (std::size_t row = 0; row < size(); ++row) set_head(row);
}

void series_rows::set_head(std::size_t row) {
  heads_.set(row, head_of(measurement_.name, tags(row)));
}

std::size_t series_rows::identity(std::size_t row) const {
  return series_.identity(number(row), generation(row));
}

tag_list series_rows::tags(std::size_t row) const {
  return series_.tags(number(row), generation(row));
}

std::vector<bool> series_rows::concerned(const std::vector<const anomaly_rule*>& rules,
                                         std::size_t row) const {
  std::vector<bool> all;
  if (rules.empty()) return all;
  const auto names = tags(row);
  for (const auto* rule : rules) all.push_back(matches(*rule, names));
  return all;
}

void series_rows::replace(std::size_t row) {
  ++generations_[row];
  set_head(row);
}

}  // namespace kapacitor::generator
