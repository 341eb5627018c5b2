#include "functions/points/input.hpp"

#include <algorithm>

namespace kapacitor::udf::functions {

udf::reason why_no_number(const udf::point& p, std::string_view field) {
  const auto* value = p.find(field);
  if (!value) return udf::reason::missing_field;
  return value->number() ? udf::reason::not_finite : udf::reason::wrong_type;
}

void skip_without_number(const udf::point& p, std::string_view field, udf::emitter& out) {
  out.skip(why_no_number(p, field), field);
}

/// A field that is there, but no number, says more than all those that are not.
void skip_without_numbers(const udf::point& p, std::span<const std::string> fields,
                          udf::emitter& out) {
  const auto there = std::find_if(fields.begin(), fields.end(),
                                  [&](const std::string& field) { return p.find(field); });
  if (there != fields.end()) return skip_without_number(p, *there, out);
  std::string names;
  for (const auto& field : fields) names.append(names.empty() ? "" : ", ").append(field);
  out.skip(udf::reason::missing_field, names);
}

void note_missing_number(const udf::point& p, std::string_view field, udf::emitter& out) {
  out.note(why_no_number(p, field), field);
}

}  // namespace kapacitor::udf::functions
