#include "functions/aggregation/top_k.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <boost/container/static_vector.hpp>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

using number_text = std::array<char, 32>;

/// The value as a text; that of a number is put into `buffer`.
std::string_view text_of(const udf::value& v, number_text& buffer) {
  if (const auto text = v.text()) return *text;
  if (const auto b = v.boolean()) return *b ? "true" : "false";
  const auto i = v.integer();
  const auto end = i ? std::to_chars(buffer.begin(), buffer.end(), *i)
                     : std::to_chars(buffer.begin(), buffer.end(), *v.number());
  return {buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())};
}

}  // namespace

udf::schema<top_k::options> top_k::options::describe() {
  return udf::schema<options>{}
      .with(counted_value())
      .with(reports())
      .optional("k", &options::k, "how many values to emit", udf::between(1, 1'000))
      .optional("capacity", &options::capacity,
                "counters; no count is too high by more than all weight / capacity (0: 10 k)",
                udf::between(0, most_counters))
      .optional("weight", &options::weight,
                "field to sum for each value, a number above 0 (empty: points are counted)")
      .flag("valueAsField", &options::value_as_field,
            "write the value to a field and the rank to a tag, not the other way round")
      .optional("as", &options::as, "what the names of the fields to write to begin with",
                udf::not_empty());
}

void top_k::options::check() {
  if (capacity == 0) capacity = 10 * k;
  if (capacity < k) {
    throw udf::option_error("capacity must be at least k (" + std::to_string(k) + "), got " +
                            std::to_string(capacity));
  }
  check_counted_value();
  rank_name = as + "_rank";
  count_name = as + "_count";
  error_name = as + "_error";
}

void top_k::on_point(const udf::point& p, udf::emitter& out) {
  const auto value = value_to_count(p, options_);
  const double weight = weight_of(p);
  const auto stretch = clock_.stretch_of(p);
  const auto outcome = clock_.look(stretch);
  if (!value || !(weight > 0) || outcome == report_clock::outcome::late) return out.skip();
  number_text buffer;
  const auto text = text_of(*value, buffer);
  if (text.empty()) return out.skip();
  if (outcome == report_clock::outcome::ends) report(p, out);
  clock_.follow(stretch);
  counters_.add(text, weight);
}

/// 0 where the point does not count.
inline double top_k::weight_of(const udf::point& p) const {
  return options_.weight.empty() ? 1 : finite_number(p, options_.weight).value_or(0);
}

void top_k::report(const udf::point& p, udf::emitter& out) {
  counters_.rank();
  const report_header like(p, options_);
  const auto most = std::min(static_cast<std::size_t>(options_.k), counters_.size());
  for (std::size_t i = 0; i < most; ++i) emit(like.header(), i, out);
  if (!options_.cumulative) counters_.clear();
}

void top_k::emit(const udf::header& group, std::size_t i, udf::emitter& out) const {
  const auto& c = counters_[i];
  number_text buffer;
  const auto rank = static_cast<std::int64_t>(i + 1);
  const udf::tag own = options_.value_as_field ? udf::tag{options_.rank_name, text_of(rank, buffer)}
                                               : udf::tag{options_.name(), c.text};
  // The group's tags stand: the group would be another without them.
  boost::container::static_vector<udf::tag, group_header::most_tags + 1> tags(group.tags.begin(),
                                                                              group.tags.end());
  if (std::none_of(tags.begin(), tags.end(), [&](const auto& t) { return t.name == own.name; })) {
    tags.push_back(own);
  }
  auto header = group;
  header.tags = {tags.data(), tags.size()};
  const auto number = [&](double x) {
    return options_.weight.empty() ? udf::value(static_cast<std::int64_t>(x)) : udf::value(x);
  };
  const udf::field ranked = options_.value_as_field ? udf::field{options_.as, c.text}
                                                    : udf::field{options_.rank_name, rank};
  out.emit(
      header, clock_.end(),
      {ranked, {options_.count_name, number(c.count)}, {options_.error_name, number(c.error)}});
}

udf::description top_k::describe() {
  return {
      .computes =
          "The `k` most frequent values of a field or a tag in each stretch of time [n · `every`, "
          "(n + 1) · `every`) since 1970-01-01 UTC; with `weight` those with the greatest sum of "
          "that field; with `cumulative` since the task began; with `perTask` in all groups "
          "together. By Space-Saving with `capacity` counters: a value that has none takes over "
          "the smallest. A count is never too low, and too high by at most its error, which is at "
          "most all weight / `capacity`; a value with more than that is never missed. Exact while "
          "there are no more values than counters. Values are counted by their text: numbers in "
          "their shortest form, bools as true and false. Of a text beyond 256 bytes the first 239 "
          "are kept, with “~” and a hash of all. A value without text or with a weight that is no "
          "number above 0 passes by.",
      .outputs = {{"the tag's or field's name", "tag",
                   "the value; with `valueAsField` a field `as`. Where the group has a tag of that "
                   "name already, that stands"},
                  {"`as`_rank", "int", "1 for the most frequent; with `valueAsField` a tag"},
                  {"`as`_count", "int",
                   "points with the value; with `weight` a double, their sum "
                   "of it"},
                  {"`as`_error", "int",
                   "by how much the count may be too high; with `weight` a "
                   "double"}},
      .times =
          "The emitted points have the stretch's end as their time and the group's tags only. They "
          "are emitted, from the most frequent on, when the first point at or beyond the end "
          "comes; stretches without points emit nothing. Points older than the stretch at hand "
          "pass by, with `cumulative` they count.",
      .cost = "O(log `capacity`); once each `every` O(`capacity` · log `capacity`)",
      .state =
          "120 bytes; for each counter about 130, and its text where it is beyond 32 bytes; in "
          "the snapshot 20 bytes, and 21 and the text for each counter",
      .source =
          "Metwally, Agrawal, El Abbadi, “Efficient computation of frequent and top-k "
          "elements in data streams” (2005)",
  };
}

}  // namespace kapacitor::udf::functions
