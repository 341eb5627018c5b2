#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "base/text/quote.hpp"
#include <kapacitor/udf/detail/option_codec.hpp>
#include <kapacitor/udf/option.hpp>
#include <kapacitor/udf/options.hpp>

namespace kapacitor::udf {
namespace {

struct type_of_value {
  std::string_view operator()(std::monostate) const { return "no value"; }
  std::string_view operator()(bool) const { return "BOOL"; }
  std::string_view operator()(std::int64_t) const { return "INT"; }
  std::string_view operator()(double) const { return "DOUBLE"; }
  std::string_view operator()(const std::string&) const { return "STRING"; }
  std::string_view operator()(std::chrono::nanoseconds) const { return "DURATION"; }
};

// 1.0, not 1: TICKscript tells an INT from a DOUBLE by the point.
std::string floating_text(double x) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
  std::string text(digits.data(), end);
  if (std::isfinite(x) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

/// As TICKscript writes a text.
std::string literal(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\\';
    result += c;
  }
  return result + "'";
}

struct text_of_value {
  std::string operator()(std::monostate) const {
    return "a lambda, a regular expression or a star";
  }
  std::string operator()(bool x) const { return x ? "TRUE" : "FALSE"; }
  std::string operator()(std::int64_t x) const { return std::to_string(x); }
  std::string operator()(double x) const { return floating_text(x); }
  std::string operator()(const std::string& x) const { return literal(x); }
  std::string operator()(std::chrono::nanoseconds x) const { return to_string(x); }
};

/// Numbers and durations on one scale each; empty for others.
std::optional<long double> magnitude(const option_value& v) {
  if (const auto* i = v.get_if<std::int64_t>()) return static_cast<long double>(*i);
  if (const auto* d = v.get_if<double>()) return static_cast<long double>(*d);
  if (const auto* t = v.get_if<std::chrono::nanoseconds>()) {
    return static_cast<long double>(t->count());
  }
  return std::nullopt;
}

template <class Compare>
bool compare(const option_value& a, const option_value& b, Compare holds) {
  const auto x = magnitude(a), y = magnitude(b);
  return x && y && holds(*x, *y);  // false for NaN
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string result;
  for (const auto& t : texts) result += (result.empty() ? "" : std::string(separator)) + t;
  return result;
}

}  // namespace

std::string_view to_string(value_type type) {
  constexpr std::array<std::string_view, 5> names{"BOOL", "INT", "DOUBLE", "STRING", "DURATION"};
  return names[static_cast<std::size_t>(type)];
}

std::string to_string(const option_value& v) {
  return std::visit(text_of_value{}, v.held());
}

std::string to_string(std::chrono::nanoseconds duration) {
  struct unit {
    std::uint64_t ns;
    std::string_view name;
  };
  constexpr std::array<unit, 8> units{{{604'800'000'000'000, "w"},
                                       {86'400'000'000'000, "d"},
                                       {3'600'000'000'000, "h"},
                                       {60'000'000'000, "m"},
                                       {1'000'000'000, "s"},
                                       {1'000'000, "ms"},
                                       {1'000, "u"},
                                       {1, "ns"}}};
  const bool negative = duration.count() < 0;
  auto left = static_cast<std::uint64_t>(duration.count());
  if (negative) left = 0 - left;
  if (left == 0) return "0s";
  std::string text = negative ? "-" : "";
  for (const auto& u : units) {
    if (left >= u.ns) text += std::to_string(left / u.ns) + std::string(u.name);
    left %= u.ns;
  }
  return text;
}

allowed at_least(const option_value& least) {
  return {"at least " + to_string(least), [least](const option_value& v) {
            return compare(v, least, [](auto x, auto y) { return x >= y; });
          }};
}
allowed more_than(const option_value& bound) {
  return {"more than " + to_string(bound), [bound](const option_value& v) {
            return compare(v, bound, [](auto x, auto y) { return x > y; });
          }};
}
allowed between(const option_value& least, const option_value& most) {
  return {"between " + to_string(least) + " and " + to_string(most),
          [low = at_least(least), most](const option_value& v) {
            return low.holds(v) && compare(v, most, [](auto x, auto y) { return x <= y; });
          }};
}
allowed above_up_to(const option_value& bound, const option_value& most) {
  return {"more than " + to_string(bound) + " and at most " + to_string(most),
          [low = more_than(bound), most](const option_value& v) {
            return low.holds(v) && compare(v, most, [](auto x, auto y) { return x <= y; });
          }};
}
allowed one_of(std::initializer_list<option_value> values) {
  std::vector<std::string> texts;
  for (const auto& v : values) texts.push_back(to_string(v));
  return {"one of " + joined(texts, ", "),
          [known = std::vector<option_value>(values)](const option_value& v) {
            return std::find(known.begin(), known.end(), v) != known.end();
          }};
}
allowed not_empty() {
  return {"a non-empty text", [](const option_value& v) {
            const auto* text = v.get_if<std::string>();
            return text && !text->empty();
          }};
}

namespace detail {
namespace {

bool is_identifier(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

bool type_fits(value_type declared, const option_value& given) {
  switch (declared) {
    case value_type::boolean:
      return given.get_if<bool>() != nullptr;
    case value_type::integer:
      return given.get_if<std::int64_t>() != nullptr;
    case value_type::floating:
      return given.get_if<double>() || given.get_if<std::int64_t>();
    case value_type::string:
      return given.get_if<std::string>() != nullptr;
    case value_type::duration:
      return given.get_if<std::chrono::nanoseconds>() != nullptr;
  }
  return false;
}

/// Judges a number as what is declared: an INT stands for a DOUBLE.
bool holds_for(const std::function<bool(const option_value&)>& holds, value_type declared,
               const option_value& given) {
  const auto* i = given.get_if<std::int64_t>();
  if (declared == value_type::floating && i) return holds(static_cast<double>(*i));
  return holds(given);
}

std::string times(std::size_t n) {
  return n == 0 ? "no value" : n == 1 ? "one value" : std::to_string(n) + " values";
}

std::string given_text(const option_value& v) {
  const auto type = std::visit(type_of_value{}, v.held());
  return v.get_if<std::monostate>() ? to_string(v) : std::string(type) + " " + to_string(v);
}

void find_use_problems(const option_info& info, const option& use, option_problems& problems) {
  if (use.values.size() != info.types.size()) {
    problems.add(info.name + " takes " + times(info.types.size()) + ", got " +
                 std::to_string(use.values.size()));
    return;
  }
  for (std::size_t i = 0; i < info.types.size(); ++i) {
    if (type_fits(info.types[i], use.values[i])) continue;
    const auto place = info.types.size() > 1 ? " in place " + std::to_string(i + 1) : std::string();
    problems.add(info.name + " must be " + std::string(to_string(info.types[i])) + place +
                 ", got " + given_text(use.values[i]));
  }
}

std::string known_names(const std::vector<option_info>& infos) {
  std::vector<std::string> names;
  names.reserve(infos.size());
  for (const auto& info : infos) names.push_back(info.name);
  return names.empty() ? "the function has none" : "known are " + joined(names, ", ");
}

}  // namespace

void check_option_name(std::string_view name) {
  // "quiet" is a property of every node; the others are keys of a task's JSON form.
  constexpr std::array<std::string_view, 4> taken{"quiet", "typeOf", "id", "udfName"};
  if (!is_identifier(name) || std::find(taken.begin(), taken.end(), name) != taken.end()) {
    throw std::logic_error("an option cannot be named " + in_quotes(name) +
                           ": TICKscript takes letters, digits and _, and keeps quiet, typeOf, id "
                           "and udfName for itself");
  }
}

void check_function_name(std::string_view name) {
  if (!is_identifier(name)) {
    throw std::logic_error("a function cannot be named " + in_quotes(name) +
                           ": TICKscript takes letters, digits and _");
  }
}

bool fits(const option_info& info, const option& use) {
  option_problems problems;
  find_use_problems(info, use, problems);
  return problems.empty();
}

option_problems find_problems(const std::vector<option_info>& infos,
                              const std::vector<option>& given) {
  option_problems problems;
  for (const auto& use : given) {
    const auto named = [&](const option_info& info) { return info.name == use.name; };
    if (std::none_of(infos.begin(), infos.end(), named)) {
      problems.add("unknown option " + use.name + ", " + known_names(infos));
    }
  }
  for (const auto& info : infos) {
    std::size_t uses = 0;
    for (const auto& use : given) {
      if (use.name != info.name) continue;
      ++uses;
      find_use_problems(info, use, problems);
    }
    if (uses == 0 && info.required) problems.add(info.name + " is required");
    if (uses > 1 && !info.repeated) {
      problems.add(info.name + " is given " + std::to_string(uses) + " times, once is allowed");
    }
  }
  return problems;
}

void check_allowed(const option_info& info, const option& use,
                   const std::function<bool(const option_value&)>& holds) {
  for (std::size_t i = 0; i < use.values.size(); ++i) {
    const auto& v = use.values[i];
    if (!holds_for(holds, info.types[i], v)) {
      throw option_error(info.name + " must be " + info.allowed + ", got " + to_string(v));
    }
  }
}

void throw_out_of_range(std::string_view name, std::int64_t given, const std::string& range) {
  throw option_error(std::string(name) + " must be " + range + ", got " + std::to_string(given));
}

}  // namespace detail
}  // namespace kapacitor::udf
