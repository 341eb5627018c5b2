#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace kapacitor::udf {

/// Why a point, or a window, has no answer or not the full one. See emitter::skip() and note().
enum class reason : std::uint8_t {
  unspecified,    // skip() without a reason
  missing_field,  // the point has no such field
  wrong_type,     // the field is there, but a text or a bool where a number is needed, or so
  not_finite,     // the field is NaN or infinite
  out_of_range,   // the field is a number that the method cannot take, such as a weight below 0
  missing_tag,    // the point has no such tag
  not_found,      // what is looked up is not there
  no_pair,        // fields that are needed together did not come at the same time
  late,           // older than what the function still takes
  future,         // so far ahead that the time is not believed
  cut_window,     // a window does not hold all that its options ask for
  limit,          // another limit was reached: something was left out
  gap,            // after a gap in the times the function began anew
  overflow,       // the result is beyond what a double holds
  too_few,        // not enough points yet, as the function's page says
  no_result       // there is none, as the function's page says: the slope of a single time
};

/// How many reasons there are.
inline constexpr std::size_t reasons = static_cast<std::size_t>(reason::no_result) + 1;

/// As in the log: "missing_field".
std::string_view name_of(reason r);

/// Points counted by reason.
class reason_counts {
 public:
  std::uint64_t& operator[](reason r) { return counts_[static_cast<std::size_t>(r)]; }
  std::uint64_t operator[](reason r) const { return counts_[static_cast<std::size_t>(r)]; }
  /// Of all reasons together.
  std::uint64_t sum() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
  }
  /// Calls f(reason, count) for each reason that is not 0.
  template <class F>
  void for_each(F f) const {
    for (std::size_t i = 0; i < reasons; ++i) {
      if (counts_[i] != 0) f(static_cast<reason>(i), counts_[i]);
    }
  }

  friend bool operator==(const reason_counts&, const reason_counts&) = default;

 private:
  std::array<std::uint64_t, reasons> counts_{};
};

}  // namespace kapacitor::udf
