#include "replay/fields_seen.hpp"

#include <array>

#include <fmt/format.h>

namespace kapacitor::generator {
namespace {

constexpr std::array<const char*, 4> types{"float", "int", "string", "bool"};

}  // namespace

void fields_seen::take(const line_point& p) {
  if (recent_.size() < p.fields.size()) recent_.resize(p.fields.size());
  for (std::size_t i = 0; i < p.fields.size(); ++i) {
    const auto& f = p.fields[i];
    auto& known = recent_[i];
    const bool same = known && known->name == f.name && known->measurement == p.name;
    if (!same) known = find(p.name, f.name, f.value.index());
    if (known && known->type != f.value.index()) known->other_type = true;
  }
}

fields_seen::field* fields_seen::find(std::string_view measurement, std::string_view name,
                                      std::size_t type) {
  std::pair key{std::string(measurement), std::string(name)};
  const auto at = by_name_.find(key);
  if (at != by_name_.end()) return at->second;
  if (fields_.size() == most) return nullptr;
  auto& made = fields_.emplace_back(field{key.first, key.second, type});
  by_name_.emplace(std::move(key), &made);
  return &made;
}

table_description fields_seen::description() const {
  table_description d;
  for (const auto& f : fields_) {
    d.fields.push_back({f.measurement, f.name, types[f.type]});
    if (!f.other_type) continue;
    d.warnings.push_back(
        fmt::format("field {}.{} has values of several types: InfluxDB keeps those of one only",
                    f.measurement, f.name));
  }
  return d;
}

}  // namespace kapacitor::generator
