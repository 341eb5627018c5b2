#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Whose values are counted: a field's, of any type, or a tag's.
struct counted_value_options {
  std::string field, tag;

  const std::string& name() const { return tag.empty() ? field : tag; }
  /// Errors: option_error if not just one of them is given.
  void check_counted_value() const {
    if (field.empty() == tag.empty()) {
      throw udf::option_error(
          "whose values are to be counted: either .field('name') or .tag('name')" +
          std::string(field.empty() ? "" : ", not both"));
    }
  }
};

/// Declares `field` and `tag`: `schema.with(counted_value())`. `check()` has to call
/// check_counted_value().
inline auto counted_value() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .optional("field", &counted_value_options::field,
                  "field to count the values of, of any type; or a tag")
        .optional("tag", &counted_value_options::tag, "tag to count the values of; or a field");
  };
}

/// Empty if the point has none: no such field or tag, a tag without text, a number that is not
/// finite.
inline std::optional<udf::value> value_to_count(const udf::point& p,
                                                const counted_value_options& o) {
  if (!o.tag.empty()) {
    const auto text = p.tag(o.tag);
    return text && !text->empty() ? std::optional<udf::value>(*text) : std::nullopt;
  }
  const auto* found = p.find(o.field);
  if (!found) return std::nullopt;
  const auto number = found->number();
  return number && !std::isfinite(*number) ? std::nullopt : std::optional<udf::value>(*found);
}

/// Skips a point without a value to count, and says why.
inline void skip_without_value(const udf::point& p, const counted_value_options& o,
                               udf::emitter& out) {
  if (!o.tag.empty()) return out.skip(udf::reason::missing_tag, o.tag);
  out.skip(p.find(o.field) ? udf::reason::not_finite : udf::reason::missing_field, o.field);
}

}  // namespace kapacitor::udf::functions
