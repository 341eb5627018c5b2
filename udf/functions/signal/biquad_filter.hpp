#pragma once

#include <vector>

#include "functions/signal/butterworth.hpp"
#include "functions/signal/filter_method.hpp"

namespace kapacitor::udf::functions {

/// Second order sections one after the other, each in transposed direct form II.
///
/// What is filtered is the distance from the first value; a filter that lets a constant pass gets
/// that value added again. So a constant passes without a transient, just as with the steady state
/// for the first value to begin with, and a large offset costs no digits.
///
/// Memory: the first value, then two numbers for each section
class biquad_filter final : public filter_method {
 public:
  biquad_filter(std::vector<biquad> sections, bool passes_constant)
      : sections_(std::move(sections)), passes_constant_(passes_constant) {}

  filtered take(double x, filter_memory& m) const override;
  bool fits(std::size_t values) const override {
    return values == 0 || values == 1 + 2 * sections_.size();
  }

 private:
  void move_origin(double origin, filter_memory& m) const;

  std::vector<biquad> sections_;
  bool passes_constant_;
};

}  // namespace kapacitor::udf::functions
