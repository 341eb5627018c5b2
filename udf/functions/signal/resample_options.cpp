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
      .required("every", &options::every,
                "time from one answer to the next; answers are at its multiples since 1970",
                udf::more_than(0ns))
      .optional("method", &options::method,
                "method: 'previous', the value before; 'linear', the line between the values "
                "before and after; 'mean', the mean of the interval that begins at the time",
                udf::one_of({"previous", "linear", "mean"}))
      .optional("maxFill", &options::max_fill,
                "longest gap that is filled, at most 10000 times every (10 times every unless "
                "given)",
                udf::at_least(0ns))
      .with(udf::clock())
      .flag("markFilled", &options::mark_filled,
            "write to a bool field <name>_filled whether the value fills a gap")
      .output_only()
      .optional("as", &options::as,
                "name of the output, for exactly one field (the field's own name unless given)",
                udf::not_empty())
      .output_only();
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
  if (max_fill && max_fill->count() / every.count() > most_filled) {
    problems.add("maxFill must be at most 10000 times every, got maxFill " + to_string(*max_fill) +
                 " and every " + to_string(every));
  }
  name_outputs(problems);
  problems.throw_if_any();
  how = method == "mean" ? way::mean : method == "linear" ? way::linear : way::previous;
  // Ten times a duration may be beyond an int64, not beyond what a distance of times can be.
  max_fill_ns = max_fill ? static_cast<std::uint64_t>(max_fill->count())
                         : std::min<std::uint64_t>(
                               10, ~std::uint64_t{0} / static_cast<std::uint64_t>(every.count())) *
                               static_cast<std::uint64_t>(every.count());
}

void resample::options::name_outputs(udf::option_problems& problems) {
  std::set<std::string> written;
  for (const auto& field : fields) {
    names.push_back(as.empty() ? field : as);
    marks.push_back(names.back() + "_filled");
    const bool twice = !written.insert(names.back()).second;
    if (twice && as.empty()) problems.add("two fields would be written to " + names.back());
    if (mark_filled && !written.insert(marks.back()).second) {
      problems.add("two fields would be written to " + marks.back());
    }
  }
}

}  // namespace kapacitor::udf::functions
