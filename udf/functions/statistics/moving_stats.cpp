#include "functions/statistics/moving_stats.hpp"

#include <algorithm>

#include "functions/points/input.hpp"
#include "functions/points/output_fields.hpp"

namespace kapacitor::udf::functions {
namespace {

/// The first text that is there twice; empty: none is.
std::string twice(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  const auto found = std::adjacent_find(texts.begin(), texts.end());
  return found == texts.end() ? std::string() : *found;
}

void find_problems(const char* option, const std::vector<std::string>& given, std::size_t most,
                   udf::option_problems& problems) {
  if (given.size() > most) {
    problems.add(std::string(option) + " is given " + std::to_string(given.size()) + " times, " +
                 std::to_string(most) + " are allowed");
  }
  const auto repeated = twice(given);
  if (!repeated.empty()) {
    problems.add(std::string(option) + " '" + repeated + "' is given more than once");
  }
}

}  // namespace

udf::schema<moving_stats::options> moving_stats::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to describe, a number; up to 16 of them",
                udf::not_empty())
      .required("statistic", &options::statistic_names, "statistic to compute; up to 16 of them",
                statistic::allowed_names())
      .with(window())
      .with(udf::clock())
      .optional("as", &options::as,
                "name of the output of each field, in the same order: all fields written begin "
                "with it (the field's own name unless given)",
                udf::not_empty())
      .output_only()
      .flag("keep", &options::keep, "keep the point's other fields")
      .output_only();
}

void moving_stats::options::check() {
  check_window();
  check_counts();
  for (const auto& name : statistic_names) {
    statistics.push_back(statistic::named(name).value());
    needs.add(statistics.back());
  }
  name_outputs();
}

void moving_stats::options::check_counts() const {
  udf::option_problems problems;
  find_problems("field", field, most_fields, problems);
  find_problems("statistic", statistic_names, most_stats, problems);
  find_problems("as", as, most_fields, problems);
  if (!as.empty() && as.size() != field.size()) {
    problems.add("as is given " + std::to_string(as.size()) + " times and field " +
                 std::to_string(field.size()) +
                 " times: give one for each field, in the same order, or none");
  }
  problems.throw_if_any();
}

void moving_stats::options::name_outputs() {
  const auto& first = as.empty() ? field : as;
  if (first.size() == 1 && statistic_names.size() == 1 && !as.empty()) {
    names = as;
    return;
  }
  for (const auto& f : first) {
    for (const auto& s : statistic_names) names.push_back(std::string(f).append("_").append(s));
  }
  const auto repeated = twice(names);
  if (!repeated.empty()) {
    throw udf::option_error("two of the fields to write would be named '" + repeated +
                            "': give other names with .as(name), one for each field");
  }
}

moving_stats::moving_stats(const options& o) : options_(o) {
  windows_.reserve(o.field.size());
  for (std::size_t i = 0; i < o.field.size(); ++i) windows_.emplace_back(o, o.needs);
}

/// Of the window that reaches back furthest. One without points yet does not count.
udf::timestamp moving_stats::earliest() const {
  auto first = udf::timestamp::max();
  for (const auto& w : windows_) {
    if (!w.empty()) first = std::min(first, w.earliest());
  }
  return first == udf::timestamp::max() ? udf::timestamp::min() : first;
}

void moving_stats::on_point(const udf::point& p, udf::emitter& out) {
  output_fields<most_fields * most_stats> statistics;
  std::size_t numbers = 0, taken = 0;
  const std::string* name = options_.names.data();
  for (std::size_t i = 0; i < windows_.size(); ++i, name += options_.statistics.size()) {
    const auto x = finite_number(p, options_.field[i]);
    if (!x) continue;
    ++numbers;
    if (!windows_[i].push(p.time(), *x)) continue;
    ++taken;
    for (std::size_t k = 0; k < options_.statistics.size(); ++k) {
      if (const auto value = windows_[i].of(options_.statistics[k]))
        statistics.add(name[k], *value);
    }
    if (windows_[i].window().is_cut()) [[unlikely]]
      out.note(udf::reason::cut_window, "period");
  }
  if (numbers < windows_.size() || taken == 0) [[unlikely]]
    say_what_is_missing(p, numbers, taken, out);
  if (!statistics.empty()) return statistics.send(p, options_.keep, out);
  if (taken != 0) out.skip(udf::reason::no_result);
}

void moving_stats::say_what_is_missing(const udf::point& p, std::size_t numbers, std::size_t taken,
                                       udf::emitter& out) const {
  if (numbers == 0) return skip_without_numbers(p, options_.field, out);
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if (!finite_number(p, options_.field[i])) {
      note_missing_number(p, options_.field[i], out);
    } else if (taken == 0) {
      return out.skip(udf::reason::late, windows_[i].window().newest_time());
    }
  }
}

}  // namespace kapacitor::udf::functions
