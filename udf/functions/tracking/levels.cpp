#include "functions/tracking/levels.hpp"

#include <algorithm>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {
namespace {

std::string use_of(const levels::named& l) {
  return ".level(" + udf::to_string(udf::option_value(l.first)) + ", " +
         udf::to_string(udf::option_value(l.second)) + ")";
}

void throw_if_wrong(const std::string& normal, const std::vector<levels::named>& all, bool below) {
  udf::option_problems problems;
  for (auto l = all.begin(); l != all.end(); ++l) {
    const auto same_name = [&](const levels::named& other) { return other.first == l->first; };
    if (l->first.empty())
      problems.add("a level's name must be a non-empty text, got " + use_of(*l));
    if (l->first == normal || std::any_of(all.begin(), l, same_name)) {
      problems.add(
          "a level's name must differ from normalState and from those of other levels, got " +
          use_of(*l));
    }
    if (l == all.begin()) continue;
    const double step = l->second - std::prev(l)->second;
    if (below ? step < 0 : step > 0) continue;
    problems.add("levels must have " + std::string(below ? "descending" : "ascending") +
                 " thresholds with direction '" + (below ? "below" : "above") + "', got " +
                 use_of(*std::prev(l)) + use_of(*l));
  }
  problems.throw_if_any();
}

}  // namespace

levels levels::make(const std::string& normal, const std::vector<named>& all, double hysteresis,
                    bool below) {
  throw_if_wrong(normal, all, below);
  levels result;
  result.below_ = below;
  result.names_.push_back(normal);
  for (const auto& [name, threshold] : all) {
    const double reached_at = below ? -threshold : threshold;
    result.names_.push_back(name);
    result.reached_at_.push_back(reached_at);
    result.left_below_.push_back(reached_at - hysteresis);
  }
  return result;
}

bool levels::has_name(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

}  // namespace kapacitor::udf::functions
