#include "drive/group_by.hpp"

#include <algorithm>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {
namespace {

std::string_view value_of(std::span<const tag> tags, std::string_view name) {
  for (const auto& t : tags) {
    if (t.name == name) return t.value;
  }
  return {};
}

}  // namespace

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

void append_group_id(std::string& id, std::string_view name,
                     std::span<const std::string_view> dimensions, std::span<const tag> tags,
                     bool by_measurement) {
  if (by_measurement) id += name;
  if (by_measurement && !dimensions.empty()) id += '\n';
  bool first = true;
  for (const auto dimension : dimensions) {
    if (!first) id += ',';
    first = false;
    id.append(dimension).append("=").append(value_of(tags, dimension));
  }
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
  for (const auto dimension : dimensions_) tags_.push_back({dimension, value_of(tags, dimension)});
  id_.clear();
  append_group_id(id_, name, dimensions_, tags, grouping_.by_measurement);
}

}  // namespace kapacitor::udf::host
