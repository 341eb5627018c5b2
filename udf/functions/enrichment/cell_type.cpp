#include "functions/enrichment/cell_type.hpp"

#include <charconv>
#include <cmath>
#include <optional>

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

}  // namespace

cell_type::kind cell_type::kind_of(std::string_view text) {
  if (number<std::int64_t>(text)) return kind::integer;
  if (const auto x = number<double>(text); x && std::isfinite(*x)) return kind::floating;
  return boolean(text) ? kind::boolean : kind::text;
}

void cell_type::widen(std::string_view text, bool quoted) {
  const auto other = quoted ? kind::text : kind_of(text);
  const auto numeric = [](kind k) { return k == kind::integer || k == kind::floating; };
  if (kind_ == kind::none || kind_ == other) {
    kind_ = other;
  } else {
    kind_ = numeric(kind_) && numeric(other) ? kind::floating : kind::text;
  }
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
