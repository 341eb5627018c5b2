#pragma once

#include <cstdint>
#include <utility>

#include <kapacitor/udf/testing.hpp>

// Points of one field "x", as most tests of functions need them.
namespace kapacitor::udf::test {

inline constexpr std::int64_t second = 1'000'000'000;  // ns
inline constexpr std::int64_t start = 1'600'000'000 * second;

inline point at(std::int64_t time, field_value x) {
  return {.fields = {{"x", std::move(x)}}, .time = time};
}

}  // namespace kapacitor::udf::test
