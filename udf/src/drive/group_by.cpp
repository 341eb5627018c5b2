#include "drive/group_by.hpp"

#include <algorithm>

#include "drive/group_id.hpp"
#include "host/usage_error.hpp"

namespace kapacitor::udf::host {

grouping parse_grouping(std::string_view text, bool by_measurement) {
  grouping g;
  g.by_measurement = by_measurement;
  g.all_tags = text == "*";
  if (text.empty() || g.all_tags) return g;
  g.tags.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',';
    if (escaped) ++i;
    if (text[i] == ',' && !escaped) {
      g.tags.emplace_back();
    } else {
      g.tags.back() += text[i];
    }
  }
  std::sort(g.tags.begin(), g.tags.end());
  if (g.tags.front().empty()) throw usage_error("--group-by: a tag's name is empty");
  return g;
}

group_finder::group_finder(const grouping& g) : grouping_(g) {
  for (const auto& name : g.tags) dimensions_.push_back(name);
}

void group_finder::find(std::string_view name, std::span<const tag> tags) {
  if (grouping_.all_tags) {
    dimensions_.clear();
    for (const auto& t : tags) dimensions_.push_back(t.name);
  }
  tags_.clear();
  for (const auto dimension : dimensions_) tags_.push_back({dimension, tag_value(tags, dimension)});
  id_.clear();
  append_group_id(id_, name, grouping_.by_measurement, dimensions_, tags);
}

}  // namespace kapacitor::udf::host
