#include "functions/enrichment/cell_type.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

namespace kapacitor::udf::functions {
namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T x{};
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, x);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return x;
}

std::optional<bool> boolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

bool is_code(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

using kind = cell_type::kind;
constexpr std::array<std::pair<std::string_view, kind>, 4> names{{{"int", kind::integer},
                                                                  {"double", kind::floating},
                                                                  {"bool", kind::boolean},
                                                                  {"string", kind::text}}};

}  // namespace

std::optional<cell_type::kind> cell_type::named(std::string_view name) {
  for (const auto& one : names) {
    if (one.first == name) return one.second;
  }
  return std::nullopt;
}

std::string_view cell_type::name_of(kind k) {
  for (const auto& one : names) {
    if (one.second == k) return one.first;
  }
  return "none";
}

cell_type::kind cell_type::kind_of(std::string_view text) {
  if (is_code(text)) return kind::text;
  if (number<std::int64_t>(text)) return kind::integer;
  if (const auto x = number<double>(text); x && std::isfinite(*x)) return kind::floating;
  return boolean(text) ? kind::boolean : kind::text;
}

bool cell_type::fits(std::string_view text) const {
  switch (kind_) {
    case kind::integer:
      return number<std::int64_t>(text).has_value();
    case kind::floating: {
      const auto x = number<double>(text);
      return x && std::isfinite(*x);
    }
    case kind::boolean:
      return boolean(text).has_value();
    default:
      return true;
  }
}

bool cell_type::widen(std::string_view text, bool quoted) {
  if (fixed_) return fits(text);
  const auto other = quoted ? kind::text : kind_of(text);
  const auto numeric = [](kind k) { return k == kind::integer || k == kind::floating; };
  if (kind_ == kind::none || kind_ == other) {
    kind_ = other;
  } else {
    kind_ = numeric(kind_) && numeric(other) ? kind::floating : kind::text;
  }
  return true;
}

udf::value cell_type::read(std::string_view text) const {
  switch (kind_) {
    case kind::integer:
      return *number<std::int64_t>(text);
    case kind::floating:
      return *number<double>(text);
    case kind::boolean:
      return *boolean(text);
    default:
      return text;
  }
}

}  // namespace kapacitor::udf::functions
