#include <functions/statistics/family.hpp>
#include <kapacitor/udf.hpp>

#include "ewma.hpp"
#include "moving_average.hpp"

namespace kapacitor::udf::functions {

std::vector<function> statistics_functions() {
  return {
      make_function<moving_average>("moving_average", "mean of the last points of a field"),
      make_function<ewma>("ewma", "exponentially weighted moving average of a field"),
  };
}

}  // namespace kapacitor::udf::functions
