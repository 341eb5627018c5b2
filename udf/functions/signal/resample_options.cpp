// What the options of `resample` make together.
#include <algorithm>
#include <set>

#include "functions/signal/resample.hpp"

namespace kapacitor::udf::functions {

udf::schema<resample::options> resample::options::describe() {
  using namespace std::chrono_literals;
  return udf::schema<options>{}
      .required("field", &options::fields, "field to resample, a number; up to 32 of them",
                udf::not_empty())
      .required("every", &options::every, "distance of the times to come out", udf::more_than(0ns))
      .optional("method", &options::method,
                "the value before, one on the line between the values before and after, or the "
                "mean of the interval that begins at the time",
                udf::one_of({"previous", "linear", "mean"}))
      .optional("limit", &options::limit,
                "longest gap that is filled, at most 10000 times every; 10 times every where not "
                "given",
                udf::at_least(0ns))
      .flag("mark", &options::mark,
            "write to a bool field <name>_filled whether the value is one of a gap")
      .optional("as", &options::as,
                "field to write to, with exactly one field; the field's own name where not given",
                udf::not_empty());
}

void resample::options::check() {
  udf::option_problems problems;
  if (fields.size() > most_fields) {
    problems.add("field may be given up to 32 times, got " + std::to_string(fields.size()));
  }
  if (!as.empty() && fields.size() > 1) {
    problems.add("as names the output of one field, got " + std::to_string(fields.size()) +
                 " fields: leave it out, and each keeps its name");
  }
  if (limit && limit->count() / every.count() > most_filled) {
    problems.add("limit must be at most 10000 times every, got limit " + to_string(*limit) +
                 " and every " + to_string(every));
  }
  std::set<std::string> written;
  for (const auto& field : fields) {
    names.push_back(as.empty() ? field : as);
    marks.push_back(names.back() + "_filled");
    const bool twice = !written.insert(names.back()).second;
    if (twice && as.empty()) problems.add("two fields would be written to " + names.back());
    if (mark && !written.insert(marks.back()).second) {
      problems.add("two fields would be written to " + marks.back());
    }
  }
  problems.throw_if_any();
  how = method == "mean" ? way::mean : method == "linear" ? way::linear : way::previous;
  // Ten times a duration may be beyond an int64, not beyond what a distance of times can be.
  reach = limit ? static_cast<std::uint64_t>(limit->count())
                : std::min<std::uint64_t>(
                      10, ~std::uint64_t{0} / static_cast<std::uint64_t>(every.count())) *
                      static_cast<std::uint64_t>(every.count());
}

udf::description resample::describe() {
  return {
      .computes = R"(Points at the multiples of `every`, counted from 1970-01-01 00:00 UTC, whatever
the times of the points that come in. The value of a field at such a time g is

- `previous`: that of the last point with time ≤ g;
- `linear`: x₀ + (x₁ − x₀) · (g − t₀) / (t₁ − t₀), with the last point before g and the first one
  from g on;
- `mean`: the mean of the points with times in [g, g + every).

A point comes out as soon as a point has come in that says what it is: with a time ≥ g; with `mean`
a time ≥ g + every. Where no more points come, nothing more comes out.

A gap is filled up to `limit`: `previous` repeats a value until it is older than `limit`; `linear`
draws no line where t₁ − t₀ > limit; `mean` repeats the last mean for an interval without points
that begins no more than `limit` after that mean's. Beyond, the field is left out, and a point
without any field is not emitted. One point hardly brings out more than
10,000.

With several fields each one has its own last value and gap. `linear` leaves a field out at times up
to a point that lacks it. A value that is no finite number counts as none.)",
      .outputs =
          {{"the field's name, or `as`", "double", "the value, in the field's unit"},
           {"the same with _filled", "bool",
            "with `mark`: whether the value is one of a gap, that is, no point of the field lies "
            "in (g − every, g], of `mean` in [g, g + every)"}},
      .times =
          "A point that is older than the newest one is left out; with `mean` it still counts "
          "where its interval is not over. Of points with equal times the first one gives the "
          "value at just that time, the last one counts from then on; with `mean` all do. A "
          "point within one `every` of the first or the last time that there is, in the "
          "years 1677 and 2262, is left out.",
      .cost =
          "O(fields) for each point in and each point out, no allocation. Points come out with "
          "the tags of the group only.",
      .state =
          "In memory 80 bytes, and 24 for each field, with `mean` 48; in the snapshot 11 "
          "bytes, and 17 for each field, with `mean` 41.",
      .source =
          "The sum of a mean by Knuth's TwoSum (The Art of Computer Programming, vol. 2, "
          "4.2.2)",
  };
}

}  // namespace kapacitor::udf::functions
