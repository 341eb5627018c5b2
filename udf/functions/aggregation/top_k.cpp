#include "functions/aggregation/top_k.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include <boost/container/small_vector.hpp>

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
      .output_only()
      .optional("capacity", &options::capacity,
                "counters; no count is too high by more than all weight / capacity (0: 10 k)",
                udf::between(0, most_counters))
      .optional("weightField", &options::weight_field,
                "field to sum for each value, a number above 0 (empty: points are counted)")
      .flag("valueAsField", &options::value_as_field,
            "write the value to a field and the rank to a tag, not the other way round")
      .output_only()
      .optional("as", &options::as, "name of the output: all fields written begin with it",
                udf::not_empty())
      .output_only();
}

void top_k::options::check() {
  if (capacity == 0) capacity = 10 * k;
  if (capacity < k) {
    throw udf::option_error("capacity must be at least k (" + std::to_string(k) + "), got " +
                            std::to_string(capacity));
  }
  check_counted_value();
  check_reports();
  rank_name = as + "_rank";
  count_name = as + "_count";
  error_name = as + "_error";
}

void top_k::on_point(const udf::point& p, udf::emitter& out) {
  const auto value = value_to_count(p, options_);
  const double weight = weight_of(p);
  const auto stretch = clock_.stretch_of(p);
  const auto outcome = clock_.look(stretch);
  if (!value) return skip_without_value(p, options_, out);
  if (!(weight > 0)) return skip_without_weight(p, out);
  number_text buffer;
  const auto text = text_of(*value, buffer);
  if (text.empty()) return out.skip(udf::reason::out_of_range, options_.name());
  if (text.size() > space_saving::longest_text) [[unlikely]]
    out.note(udf::reason::limit, options_.name());
  if (outcome == report_clock::outcome::ends) report(report_header(p, options_), out);
  clock_.follow(stretch, p);
  counters_.add(text, weight);
}

/// 0 if the point does not count.
inline double top_k::weight_of(const udf::point& p) const {
  return options_.weight_field.empty() ? 1 : finite_number(p, options_.weight_field).value_or(0);
}

void top_k::skip_without_weight(const udf::point& p, udf::emitter& out) const {
  const auto& field = options_.weight_field;
  if (!finite_number(p, field)) return skip_without_number(p, field, out);
  out.skip(udf::reason::out_of_range, field);
}

void top_k::set_back(udf::timestamp to) {
  clock_.set_back(to);
  if (!options_.cumulative) counters_.clear();
}

void top_k::on_time(udf::timestamp now, udf::emitter& out) {
  if (clock_.ended_by(now)) on_finish(out);
}

void top_k::on_finish(udf::emitter& out) {
  if (!clock_.counting()) return;
  report(report_header(clock_.group(), options_), out);
  clock_.leave();
}

void top_k::report(const report_header& like, udf::emitter& out) {
  counters_.rank();
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
  boost::container::small_vector<udf::tag, group_header::usual_tags + 1> tags(group.tags.begin(),
                                                                              group.tags.end());
  if (std::none_of(tags.begin(), tags.end(), [&](const auto& t) { return t.name == own.name; })) {
    tags.push_back(own);
  }
  auto header = group;
  header.tags = {tags.data(), tags.size()};
  // Whole, if points are counted.
  const auto number = [&](double x) {
    return options_.weight_field.empty() ? udf::value(static_cast<std::int64_t>(x)) : udf::value(x);
  };
  const udf::field ranked = options_.value_as_field ? udf::field{options_.as, c.text}
                                                    : udf::field{options_.rank_name, rank};
  out.emit(
      header, clock_.end(),
      {ranked, {options_.count_name, number(c.count)}, {options_.error_name, number(c.error)}});
}

void top_k::check_state() const {
  constexpr double most = 0x1p53;  // above, not every whole number is a double
  const auto is_count = [](double x) { return x <= most && x == std::floor(x); };
  for (std::size_t i = 0; options_.weight_field.empty() && i < counters_.size(); ++i) {
    if (!is_count(counters_[i].count) || !is_count(counters_[i].error)) {
      throw udf::state_error("the snapshot counts parts of points, or more than there can be");
    }
  }
}

}  // namespace kapacitor::udf::functions
