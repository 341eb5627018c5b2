#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "functions/aggregation/aggregate.hpp"
#include "functions/statistics/statistic.hpp"

namespace kapacitor::udf::functions {
namespace {

using std::chrono::nanoseconds;

struct aggregate_name {
  std::string_view text;
  aggregate::kind what;
};
constexpr std::array<aggregate_name, 11> known{{{"count", aggregate::kind::count},
                                                {"sum", aggregate::kind::sum},
                                                {"mean", aggregate::kind::mean},
                                                {"min", aggregate::kind::min},
                                                {"max", aggregate::kind::max},
                                                {"spread", aggregate::kind::spread},
                                                {"range", aggregate::kind::spread},
                                                {"first", aggregate::kind::first},
                                                {"last", aggregate::kind::last},
                                                {"stddev", aggregate::kind::stddev},
                                                {"variance", aggregate::kind::variance}}};

/// The options with what is made of them, and all that is wrong.
class preparation {
 public:
  explicit preparation(aggregate::options& o) : o_(o) {}

  void run() {
    check_times();
    for (const auto& [what, field] : o_.aggregates) {
      add(what, field, std::string(field).append("_").append(what));
    }
    for (const auto& [what, field, name] : o_.named_aggregates) add(what, field, name);
    if (o_.aggregates.empty() && o_.named_aggregates.empty()) {
      problems_.add("at least one .aggregate('mean', 'field') is needed");
    }
    if (o_.outputs.size() > o_.most_outputs) {
      problems_.add("at most " + std::to_string(o_.most_outputs) +
                    " aggregates are possible, got " + std::to_string(o_.outputs.size()));
    }
    if (o_.digests > 0 && o_.panes > o_.most_panes_of_percentiles) {
      problems_.add("every must be at least a 1000th of period with percentiles, got every " +
                    to_string(o_.every) + " and period " + to_string(o_.period));
    }
    problems_.throw_if_any();
  }

 private:
  void check_times() {
    if (o_.months > 0) return check_months();
    if (o_.period == nanoseconds(0)) {
      return problems_.add("a length is needed: .period(duration) or .months(count)");
    }
    if (o_.every.count() == 0) o_.every = o_.period;
    if (o_.every < window_grid::least) {
      return problems_.add("every must be at least " + to_string(window_grid::least) + ", got " +
                           to_string(o_.every));
    }
    if (o_.every > o_.period || o_.period % o_.every != nanoseconds(0)) {
      return problems_.add("period must be a multiple of every, got period " +
                           to_string(o_.period) + " and every " + to_string(o_.every));
    }
    o_.panes = o_.period / o_.every;
    place_windows(o_.every);
  }

  void check_months() {
    if (o_.period != nanoseconds(0) || o_.every != nanoseconds(0)) {
      problems_.add("months is in place of period and every, got months " +
                    std::to_string(o_.months) + ", period " + to_string(o_.period) + " and every " +
                    to_string(o_.every));
    }
    place_windows(std::chrono::hours(24 * 30) * o_.months);
  }

  /// `length`: of the stretches, of months about.
  void place_windows(nanoseconds length) {
    o_.prepare_fill(length, problems_);
    o_.check_alignment({o_.every, o_.months}, problems_);
    o_.waiting = o_.grace / length + (o_.grace % length != nanoseconds(0));
    if (o_.panes > o_.most_panes || o_.waiting > o_.most_panes) {
      problems_.add("every must be at least a 10000th of period and of grace, got every " +
                    to_string(o_.every) + ", period " + to_string(o_.period) + " and grace " +
                    to_string(o_.grace));
    }
    if (!problems_.empty()) return;
    o_.grid = o_.grid_of({o_.every, o_.months});
    o_.waiting += o_.grid.irregularity();
  }

  void add(const std::string& what, const std::string& field, const std::string& name) {
    const auto found = aggregate_named(what);
    if (!found) return problems_.add(unknown(what));
    if (field.empty() || name.empty()) {
      return problems_.add("aggregate '" + what + "' needs a field and a name that are not empty");
    }
    if (std::any_of(o_.outputs.begin(), o_.outputs.end(),
                    [&](const auto& o) { return o.name == name; })) {
      return problems_.add("two aggregates are named '" + name +
                           "'; .aggregateAs('mean', 'field', 'name') gives another name");
    }
    const auto input = input_of(field);
    prepare(o_.inputs[input], found->first);
    o_.outputs.push_back({name, input, found->first, found->second});
  }

  /// What the input needs beyond sums.
  void prepare(aggregate::options::input& in, aggregate::kind what) {
    if (what == aggregate::kind::stddev || what == aggregate::kind::variance) {
      in.with_variance = true;
    }
    if (what == aggregate::kind::percentile && !in.digest) in.digest = o_.digests++;
  }

  /// The aggregate, and of a percentile which.
  static std::optional<std::pair<aggregate::kind, double>> aggregate_named(
      const std::string& what) {
    const auto* found =
        std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.text == what; });
    if (found != known.end()) return std::pair(found->what, 0.0);
    const auto part = percentile_named(what);
    if (!part) return std::nullopt;
    return std::pair(aggregate::kind::percentile, *part);
  }

  static std::string unknown(const std::string& what) {
    std::string choices;
    for (const auto& k : known) {
      choices += (choices.empty() ? "'" : ", '") + std::string(k.text) + "'";
    }
    return "aggregate must be one of " + choices +
           ", 'median' or a percentile from 'p0' to 'p100' such as 'p99.9', got '" + what + "'";
  }

  std::size_t input_of(const std::string& field) {
    auto& inputs = o_.inputs;
    const auto found = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const auto& in) { return in.field == field; });
    const auto at = static_cast<std::size_t>(found - inputs.begin());
    if (found == inputs.end()) inputs.push_back({.field = field});
    return at;
  }

  aggregate::options& o_;
  udf::option_problems problems_;
};

}  // namespace

udf::schema<aggregate::options> aggregate::options::describe() {
  return udf::schema<options>{}
      .optional("period", &options::period,
                "length of the window in time of the data; this or months is needed",
                udf::at_least(nanoseconds(0)))
      .optional("months", &options::months,
                "length of the window in calendar months, in place of period: 1, 3 for quarters, "
                "12 for years",
                udf::between(0, 1'200))
      .optional("every", &options::every,
                "time from one answer to the next; period is a multiple of it (0s: period)",
                udf::at_least(nanoseconds(0)))
      .with(alignment())
      .optional("grace", &options::grace,
                "how late points may come and still count: a window is closed by the first point "
                "whose time is this far beyond its end",
                udf::at_least(nanoseconds(0)))
      .with(filling())
      .with(udf::clock())
      .optional("aggregate", &options::aggregates,
                "what to compute and of which field, written to field_what: 'count', 'sum', "
                "'mean', 'min', 'max', 'spread' (or 'range'), 'first', 'last', 'stddev', "
                "'variance', 'median', or a percentile such as 'p95'")
      .optional("aggregateAs", &options::named_aggregates,
                "the same, and the name of the field to write to");
}

void aggregate::options::check() {
  preparation(*this).run();
}

}  // namespace kapacitor::udf::functions
