#include "host/group_by.hpp"

#include <algorithm>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {

group_by parse_grouping(std::string_view text, bool by_measurement) {
  group_by g;
  g.measurement = by_measurement;
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

}  // namespace kapacitor::udf::host
