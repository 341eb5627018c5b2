#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "functions/detection/anomaly_model.hpp"

namespace kapacitor::udf::functions {

/// What was unusual about a point, in words for a person, with what was expected instead:
/// "1,204 where 310 to 420 was expected at this hour". No allocation.
class explanation {
 public:
  explanation(double x, const anomaly_result& result, std::chrono::nanoseconds season);
  std::string_view text() const { return {text_.data(), length_}; }

 private:
  struct subject {
    double x;
    const anomaly_result& result;
    std::chrono::nanoseconds season;
  };
  void tell(const subject& s);
  void tell_expected(const subject& s);
  void tell_novelty(const subject& s);
  template <typename... Parts>
  void write(const Parts&... parts);

  std::array<char, 200> text_{};
  std::size_t length_ = 0;
};

/// A number as people write it: four digits that count, groups of three: "12,040", "0.3142".
std::string_view for_reading(double x, std::array<char, 32>& buffer);

}  // namespace kapacitor::udf::functions
