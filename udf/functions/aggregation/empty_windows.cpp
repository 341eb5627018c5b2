#include "functions/aggregation/empty_windows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace kapacitor::udf::functions {

std::optional<std::pair<fill_options::way, double>> read_fill(const std::string& text) {
  using way = fill_options::way;
  if (text == "none") return std::pair(way::none, 0.0);
  if (text == "null") return std::pair(way::null, 0.0);
  if (text == "zero") return std::pair(way::number, 0.0);
  if (text == "previous") return std::pair(way::previous, 0.0);
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || read_to != end || !std::isfinite(number)) return std::nullopt;
  return std::pair(way::number, number);
}

void fill_options::prepare_fill(std::chrono::nanoseconds every, udf::option_problems& problems) {
  const auto read = read_fill(fill).value();
  how = read.first;
  number = read.second;
  if (how == way::none) {
    if (max_fill) problems.add("maxFill needs a fill: .fill('zero'), or leave maxFill out");
    return;
  }
  fill_windows = max_fill ? *max_fill / every : usually_filled;
  if (fill_windows > most_filled) {
    problems.add("maxFill must be at most 10000 times every, got maxFill " + to_string(*max_fill) +
                 " and every " + to_string(every));
  }
  if (fill_windows == 0) {
    problems.add("maxFill must be at least every, got maxFill " + to_string(*max_fill) +
                 " and every " + to_string(every) + ": leave fill out to fill nothing");
  }
}

void empty_windows::check_state_of(std::size_t outputs) const {
  if (filled_ < -1 || filled_ > fill_options::most_filled) {
    throw udf::state_error("the snapshot has an impossible number of empty windows");
  }
  if ((!previous_.empty() && previous_.size() != outputs) ||
      std::any_of(previous_.begin(), previous_.end(),
                  [](const auto& x) { return x && !std::isfinite(*x); })) {
    throw udf::state_error("the snapshot's values to fill with are not those of the options");
  }
}

}  // namespace kapacitor::udf::functions
