#include "functions/statistics/moving_stats.hpp"

#include <algorithm>

#include "functions/points/answer.hpp"
#include "functions/points/input.hpp"

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
      .required("field", &options::field, "field to look at, a number; up to 16", udf::not_empty())
      .required("stat", &options::stat, "statistic to compute; up to 16",
                statistic::allowed_names())
      .with(window())
      .optional("as", &options::as,
                "what the written fields' names begin with, for each field in order; by default "
                "the field's name",
                udf::not_empty())
      .flag("keep", &options::keep, "keep the point's other fields");
}

void moving_stats::options::check() {
  check_window();
  check_counts();
  for (const auto& name : stat) {
    statistics.push_back(statistic::named(name).value());
    needs.add(statistics.back());
  }
  name_outputs();
}

void moving_stats::options::check_counts() const {
  udf::option_problems problems;
  find_problems("field", field, most_fields, problems);
  find_problems("stat", stat, most_stats, problems);
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
  if (first.size() == 1 && stat.size() == 1 && !as.empty()) {
    names = as;
    return;
  }
  for (const auto& f : first) {
    for (const auto& s : stat) names.push_back(f + "_" + s);
  }
  const auto repeated = twice(names);
  if (!repeated.empty()) {
    throw udf::option_error("two of the fields to write would be named '" + repeated +
                            "': give other names with .as(name), one for each field");
  }
}

udf::description moving_stats::describe() {
  return {
      .computes =
          "For each field, statistics of the window of its last values, with the newest included. "
          "With n values x in the window:\n\n"
          "| `stat` | value |\n|---|---|\n"
          "| `mean`, `sum`, `count` | Σx / n, Σx, n |\n"
          "| `variance`, `stddev` | Σ(x − mean)² / (n − 1), and its root; from two values on |\n"
          "| `min`, `max`, `range` | the smallest, the largest, max − min |\n"
          "| `first`, `last` | the oldest, the newest |\n"
          "| `median` | the middle value, of an even number the mean of the middle two |\n"
          "| `mad` | the median of \\|x − median\\|, not scaled; times 1.4826 it estimates the "
          "standard deviation of a normal distribution |\n"
          "| `p99`, `p99.9`, ... | the percentile, by linear interpolation: its place among the "
          "sorted values, counted from 0, is (n − 1) · p / 100 |\n"
          "| `skew` | √(n(n − 1)) / (n − 2) · (Σ(x − mean)³ / n) / (Σ(x − mean)² / n)^(3/2); from "
          "three values on, where not all are equal |\n"
          "| `slope` | of the least squares line: per second with a `period`, else per point; from "
          "two values on, where not all are at one time |\n\n"
          "`.stat()` may be repeated, and so may `.field()`: each field has its window, which a "
          "point that lacks the field does not touch. While a value beyond ±1e140 is in the "
          "window, "
          "`variance`, `stddev` and `slope` are left out; where `skew` is asked for, `variance`, "
          "`stddev` and `skew` already with one beyond ±1e95.",
      .outputs =
          {{.name = "`as`_`stat`",
            .type = "double; `count`: int",
            .help = "each statistic of each field; `as` is the field's name unless given. With one "
                    "field, one stat and `as`, the name is just `as`"}},
      .times =
          "With a `size` alone, values count in the order they come, whatever their time. With a "
          "`period`, the window holds those in (newest − period, newest]: a point that comes late, "
          "but not by a whole period, is taken for as new as the newest; one that is later still "
          "changes nothing and has no answer. Points of equal time all count.",
      .cost =
          "amortised, for n values in the window: `mean`, `sum`, `variance`, `stddev`, `skew`, "
          "`slope`, `count`, `first`, `last` O(1); `min`, `max`, `range`, `median`, percentiles "
          "O(log n); `mad` O(log n) up to 512 values, O(log² n) beyond. While a value beyond "
          "±1e95 is in the window, `mean` and `sum` may be O(n).",
      .state =
          "per field about 200 bytes; with `mean`, `sum`, `variance`, `stddev` or `skew` 112 more, "
          "with `slope` 160 more; for each value of the window 8, with a `period` 16 more, up to "
          "twice that while it grows; where values are sorted another 8 to 24. In the snapshot: 4 "
          "bytes and 64, 112 and 8 or 16 instead.",
      .source =
          "sums by Knuth's TwoSum (The Art of Computer Programming, vol. 2, 4.2.2); percentiles: "
          "R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, The American "
          "Statistician 50, 1996, definition 7"};
}

moving_stats::moving_stats(const options& o) : options_(o) {
  windows_.reserve(o.field.size());
  for (std::size_t i = 0; i < o.field.size(); ++i) windows_.emplace_back(o, o.needs);
}

void moving_stats::on_point(const udf::point& p, udf::emitter& out) {
  answer<most_fields * most_stats> statistics;
  bool lacks_all = true;
  const std::string* name = options_.names.data();
  for (std::size_t i = 0; i < windows_.size(); ++i, name += options_.statistics.size()) {
    const auto x = finite_number(p, options_.field[i]);
    if (!x) continue;
    lacks_all = false;
    if (!windows_[i].push(p.time(), *x)) continue;
    for (std::size_t k = 0; k < options_.statistics.size(); ++k) {
      if (const auto value = windows_[i].of(options_.statistics[k]))
        statistics.add(name[k], *value);
    }
  }
  if (lacks_all) return out.skip();
  if (!statistics.empty()) statistics.send(p, options_.keep, out);
}

}  // namespace kapacitor::udf::functions
