#include <algorithm>
#include <array>

#include "functions/aggregation/aggregate.hpp"

namespace kapacitor::udf::functions {
namespace {

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
    problems_.throw_if_any();
  }

 private:
  void check_times() {
    if (o_.every.count() == 0) o_.every = o_.period;
    if (o_.every < epoch_grid::least) {
      return problems_.add("every must be at least " + to_string(epoch_grid::least) + ", got " +
                           to_string(o_.every));
    }
    if (o_.every > o_.period || o_.period % o_.every != std::chrono::nanoseconds(0)) {
      return problems_.add("period must be a multiple of every, got period " +
                           to_string(o_.period) + " and every " + to_string(o_.every));
    }
    o_.panes = o_.period / o_.every;
    o_.waiting = o_.grace / o_.every + (o_.grace % o_.every != std::chrono::nanoseconds(0));
    if (o_.panes > o_.most_panes || o_.waiting > o_.most_panes) {
      problems_.add("every must be at least a 10000th of period and of grace, got every " +
                    to_string(o_.every) + ", period " + to_string(o_.period) + " and grace " +
                    to_string(o_.grace));
    }
  }

  void add(const std::string& what, const std::string& field, const std::string& name) {
    const auto* found =
        std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.text == what; });
    if (found == known.end()) return problems_.add(unknown(what));
    if (field.empty() || name.empty()) {
      return problems_.add("aggregate '" + what + "' needs a field and a name that are not empty");
    }
    if (std::any_of(o_.outputs.begin(), o_.outputs.end(),
                    [&](const auto& o) { return o.name == name; })) {
      return problems_.add("two aggregates are named '" + name +
                           "'; .aggregateAs('mean', 'field', 'name') gives another name");
    }
    const auto input = input_of(field);
    if (found->what == aggregate::kind::stddev || found->what == aggregate::kind::variance) {
      o_.inputs[input].with_variance = true;
    }
    o_.outputs.push_back({name, input, found->what});
  }

  static std::string unknown(const std::string& what) {
    std::string choices;
    for (const auto& k : known) {
      choices += (choices.empty() ? "'" : ", '") + std::string(k.text) + "'";
    }
    return "aggregate must be one of " + choices + ", got '" + what +
           "' (medians and percentiles: the function quantile)";
  }

  std::size_t input_of(const std::string& field) {
    auto& inputs = o_.inputs;
    const auto found = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const auto& in) { return in.field == field; });
    const auto at = static_cast<std::size_t>(found - inputs.begin());
    if (found == inputs.end()) inputs.push_back({field, false});
    return at;
  }

  aggregate::options& o_;
  udf::option_problems problems_;
};

}  // namespace

udf::schema<aggregate::options> aggregate::options::describe() {
  using std::chrono::nanoseconds;
  return udf::schema<options>{}
      .required("period", &options::period, "length of the window in time of the data",
                udf::at_least(epoch_grid::least))
      .optional("every", &options::every,
                "time from one answer to the next; period is a multiple of it (0s: period)",
                udf::at_least(nanoseconds(0)))
      .optional("grace", &options::grace,
                "how late points may come and still count: a window is closed by the first point "
                "whose time is this far beyond its end",
                udf::at_least(nanoseconds(0)))
      .with(udf::clock())
      .optional(
          "aggregate", &options::aggregates,
          "what to compute and of which field, written to field_what: 'count', 'sum', "
          "'mean', 'min', 'max', 'spread' (or 'range'), 'first', 'last', 'stddev', 'variance'")
      .optional("aggregateAs", &options::named_aggregates,
                "the same, and the name of the field to write to");
}

void aggregate::options::check() {
  preparation(*this).run();
}

}  // namespace kapacitor::udf::functions
