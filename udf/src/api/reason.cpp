#include <array>

#include <kapacitor/udf/reason.hpp>

namespace kapacitor::udf {

std::string_view name_of(reason r) {
  static constexpr std::array<std::string_view, reasons> names{
      "unspecified", "missing_field", "wrong_type", "not_finite", "out_of_range", "missing_tag",
      "not_found",   "no_pair",       "late",       "future",     "cut_window",   "limit",
      "gap",         "overflow",      "too_few",    "no_result"};
  const auto i = static_cast<std::size_t>(r);
  return i < names.size() ? names[i] : "unspecified";
}

}  // namespace kapacitor::udf
