#include "drive/option_value.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>
#include <variant>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "base/text/units.hpp"

namespace kapacitor::udf::host {
namespace {

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto other = text.find_first_not_of("0123456789.");
  const bool digits = text.find_first_of("0123456789") != std::string_view::npos;
  return digits && other == std::string_view::npos;
}

// Takes a quoted text off the front of `rest`. \' stands for a quote.
std::string take_quoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\'') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '\'') ++i;
    text += rest[i];
  }
  throw usage_error(fmt::format("the quote of {} is not closed", rest));
}

option_value parse_integer(std::string_view text) {
  std::int64_t x = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{})
    throw usage_error(in_quotes(text) + " exceeds an INT, which has 64 bits");
  return x;
}

option_value parse_double(std::string_view text) {
  double x = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error != std::errc{} || after != text.data() + text.size()) {
    throw usage_error(in_quotes(text) + " is no number: write 10, 1.5 or 'text'");
  }
  return x;
}

option_value parse_bare(std::string_view text) {
  if (text == "TRUE") return true;
  if (text == "FALSE") return false;
  if (text == "*") return {};
  if (is_number(text)) {
    return text.find('.') == std::string_view::npos ? parse_integer(text) : parse_double(text);
  }
  if (const auto duration = read_duration(text)) return *duration;
  return text;
}

bool is_expression(std::string_view text) {
  return text.starts_with("lambda:") ||
         (text.size() > 1 && text.front() == '/' && text.back() == '/');
}

option_value take_value(std::string_view& rest) {
  if (rest.starts_with('\'')) {
    option_value quoted(take_quoted(rest));
    if (!rest.empty() && rest.front() != ',') {
      throw usage_error("a comma must follow the quoted text, not " + in_quotes(rest));
    }
    return quoted;
  }
  const auto end = std::min(rest.find(','), rest.size());
  const auto bare = rest.substr(0, end);
  rest.remove_prefix(end);
  return parse_bare(bare);
}

}  // namespace

option parse_option(std::string_view text) {
  const auto equals = text.find('=');
  option parsed{std::string(text.substr(0, equals)), {}};
  if (parsed.name.empty()) throw usage_error(in_quotes(text) + " has no name: write NAME=VALUE");
  if (equals == std::string_view::npos) return parsed;
  auto rest = text.substr(equals + 1);
  if (is_expression(rest)) {
    parsed.values.emplace_back();
    return parsed;
  }
  parsed.values.push_back(take_value(rest));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    parsed.values.push_back(take_value(rest));
  }
  return parsed;
}

value_type type_of(const option_value& value) {
  struct {
    value_type operator()(std::monostate) const { return value_type::boolean; }
    value_type operator()(bool) const { return value_type::boolean; }
    value_type operator()(std::int64_t) const { return value_type::integer; }
    value_type operator()(double) const { return value_type::floating; }
    value_type operator()(const std::string&) const { return value_type::string; }
    value_type operator()(std::chrono::nanoseconds) const { return value_type::duration; }
  } type;
  return std::visit(type, value.held());
}

}  // namespace kapacitor::udf::host
