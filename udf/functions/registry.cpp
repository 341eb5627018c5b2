#include "registry.hpp"

#include <kapacitor/udf.hpp>

#include "ewma.hpp"
#include "identity.hpp"
#include "moving_average.hpp"
#include "outliers.hpp"

namespace kapacitor::udf::functions {

std::vector<function> all() {
  return {
      make_function<moving_average>("moving_average", "mean of the last points of a field"),
      make_function<ewma>("ewma", "exponentially weighted moving average of a field"),
      make_function<outliers>("outliers", "points of a batch outside Tukey's fences"),
      make_function<identity>("identity", "passes points on as they are"),
      make_function<identity_batch>("identity_batch", "passes batches on as they are"),
  };
}

}  // namespace kapacitor::udf::functions
