#include "functions/statistics/statistic.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace kapacitor::udf::functions {
namespace {

using statistic_kind = statistic::kind;

constexpr std::array<std::pair<std::string_view, statistic_kind>, 14> names{
    {{"mean", statistic_kind::mean},
     {"stddev", statistic_kind::stddev},
     {"variance", statistic_kind::variance},
     {"min", statistic_kind::min},
     {"max", statistic_kind::max},
     {"range", statistic_kind::range},
     {"sum", statistic_kind::sum},
     {"count", statistic_kind::count},
     {"first", statistic_kind::first},
     {"last", statistic_kind::last},
     {"median", statistic_kind::median},
     {"mad", statistic_kind::mad},
     {"skew", statistic_kind::skew},
     {"slope", statistic_kind::slope}}};

}  // namespace

/// 'p99.9': digits, perhaps a point and digits, at most 100.
std::optional<double> percentile_named(std::string_view name) {
  if (name == "median") return 0.5;
  if (name.size() < 2 || name[0] != 'p') return std::nullopt;
  name.remove_prefix(1);
  if (name.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  double percent = 0;
  const auto* end = name.data() + name.size();
  const auto [read_to, error] = std::from_chars(name.data(), end, percent);
  if (error != std::errc() || read_to != end || percent > 100) return std::nullopt;
  return percent / 100;
}

std::optional<statistic> statistic::named(std::string_view name) {
  for (const auto& known : names) {
    if (known.first == name) return statistic{known.second};
  }
  if (const auto part = percentile_named(name))
    return statistic{statistic::kind::percentile, *part};
  return std::nullopt;
}

udf::allowed statistic::allowed_names() {
  std::string text = "one of ";
  for (const auto& known : names) text += "'" + std::string(known.first) + "', ";
  return {text + "or a percentile from 'p0' to 'p100' such as 'p99.9'",
          [](const udf::option_value& v) {
            const auto* name = v.get_if<std::string>();
            return name && named(*name);
          }};
}

int statistic::order() const {
  switch (what) {
    case statistic::kind::mean:
    case statistic::kind::sum:
      return 1;
    case statistic::kind::stddev:
    case statistic::kind::variance:
      return 2;
    case statistic::kind::skew:
      return 3;
    default:
      return 0;
  }
}

bool statistic::needs_sorted() const {
  switch (what) {
    case statistic::kind::min:
    case statistic::kind::max:
    case statistic::kind::range:
    case statistic::kind::median:
    case statistic::kind::mad:
    case statistic::kind::percentile:
      return true;
    default:
      return false;
  }
}

}  // namespace kapacitor::udf::functions
