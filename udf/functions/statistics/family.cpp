#include "functions/statistics/family.hpp"

#include "functions/statistics/correlate.hpp"
#include "functions/statistics/ewma.hpp"
#include "functions/statistics/moving_average.hpp"
#include "functions/statistics/moving_stats.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> statistics_functions() {
  return {
      make_function<moving_average>("moving_average", "mean of the last points of a field"),
      make_function<ewma>("ewma", "exponentially weighted moving average of a field"),
      make_function<moving_stats>("moving_stats",
                                  "mean, deviation, percentiles and more of the last points"),
      make_function<correlate>("correlate", "correlation and least squares line of two fields"),
  };
}

}  // namespace kapacitor::udf::functions
