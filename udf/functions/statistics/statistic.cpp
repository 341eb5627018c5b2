#include "functions/statistics/statistic.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace kapacitor::udf::functions {
namespace {

using kind = statistic::kind;

constexpr std::array<std::pair<std::string_view, kind>, 14> names{{{"mean", kind::mean},
                                                                   {"stddev", kind::stddev},
                                                                   {"variance", kind::variance},
                                                                   {"min", kind::min},
                                                                   {"max", kind::max},
                                                                   {"range", kind::range},
                                                                   {"sum", kind::sum},
                                                                   {"count", kind::count},
                                                                   {"first", kind::first},
                                                                   {"last", kind::last},
                                                                   {"median", kind::median},
                                                                   {"mad", kind::mad},
                                                                   {"skew", kind::skew},
                                                                   {"slope", kind::slope}}};

/// 'p99.9': digits, perhaps a point and digits, at most 100.
std::optional<double> percentage(std::string_view name) {
  if (name.size() < 2 || name[0] != 'p') return std::nullopt;
  name.remove_prefix(1);
  if (name.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  double percent = 0;
  const auto* end = name.data() + name.size();
  const auto [read_to, error] = std::from_chars(name.data(), end, percent);
  if (error != std::errc() || read_to != end || percent > 100) return std::nullopt;
  return percent;
}

}  // namespace

std::optional<statistic> statistic::named(std::string_view name) {
  for (const auto& known : names) {
    if (known.first == name) return statistic{known.second};
  }
  if (const auto percent = percentage(name)) return statistic{kind::percentile, *percent / 100};
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
    case kind::mean:
    case kind::sum:
      return 1;
    case kind::stddev:
    case kind::variance:
      return 2;
    case kind::skew:
      return 3;
    default:
      return 0;
  }
}

bool statistic::needs_sorted() const {
  switch (what) {
    case kind::min:
    case kind::max:
    case kind::range:
    case kind::median:
    case kind::mad:
    case kind::percentile:
      return true;
    default:
      return false;
  }
}

}  // namespace kapacitor::udf::functions
