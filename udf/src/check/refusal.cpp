#include "check/refusal.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/verdict.hpp"

namespace kapacitor::udf::host::check {
namespace {

option_value strange_value(value_type type, bool low) {
  using numbers = std::numeric_limits<std::int64_t>;
  switch (type) {
    case value_type::boolean:
      return !low;
    case value_type::integer:
      return low ? std::int64_t{-1} : std::int64_t{0};
    case value_type::floating:
      return low ? -1.0 : std::numeric_limits<double>::max();
    case value_type::duration:
      return std::chrono::nanoseconds(low ? -1 : numbers::max());
    case value_type::string:
      return low ? std::string() : std::string(10'000, 'x');
  }
  return {};
}

}  // namespace

std::vector<option> with_option(std::vector<option> options, option one) {
  std::erase_if(options, [&](const option& o) { return o.name == one.name; });
  options.push_back(std::move(one));
  return options;
}

std::vector<option_value> strange_values(const std::vector<value_type>& types, bool low) {
  std::vector<option_value> values;
  values.reserve(types.size());
  for (const auto type : types) values.push_back(strange_value(type, low));
  return values;
}

std::vector<option> with_unknown_option(subject& s) {
  s.info();
  return with_option(s.options(), {"no_such_option", {std::int64_t{1}}});
}

std::optional<std::vector<option>> with_wrong_type(subject& s) {
  for (const auto& [name, types] : s.info().options) {
    if (types.empty()) continue;
    std::vector<option_value> values;
    for (const auto type : types) {
      values.push_back(type == value_type::string ? option_value(1.5) : option_value("text"));
    }
    return with_option(s.options(), {name, values});
  }
  return std::nullopt;
}

void expect_refusal(subject& s, const std::vector<option>& options, const std::string& what) {
  auto p = s.connect();
  ask_init(p, options);
  const response* answer = nullptr;
  p.wait([&] { return (answer = p.heard().first(response::kInit)) != nullptr; }, s.timeout());
  if (answer && answer->init().success()) {
    warn(fmt::format("it accepts {}: the script's author is not told", what));
  }
  if (answer) return;
  const auto instead = said_instead(p, s);
  if (!p.ended() && !p.heard().error()) fail(fmt::format("the answer to {} is {}", what, instead));
  warn(
      fmt::format("the answer to {} is {}; the task ends, but the script's author is not told why "
                  "in Init's words",
                  what, instead));
}

peer refused(subject& s) {
  auto candidates = std::vector{std::vector<option>{}, with_unknown_option(s)};
  if (const auto wrong = with_wrong_type(s)) candidates.push_back(*wrong);
  for (const auto& options : candidates) {
    auto p = s.connect();
    ask_init(p, options);
    p.wait([&] { return p.heard().count(response::kInit) > 0; }, s.timeout());
    const auto* answer = p.heard().first(response::kInit);
    if (answer && !answer->init().success()) return p;
  }
  skip("it refuses nothing");
}

}  // namespace kapacitor::udf::host::check
