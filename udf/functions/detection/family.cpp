#include <functions/detection/family.hpp>
#include <kapacitor/udf.hpp>

#include "outliers.hpp"

namespace kapacitor::udf::functions {

std::vector<function> detection_functions() {
  return {
      make_function<outliers>("outliers", "points of a batch outside Tukey's fences"),
  };
}

}  // namespace kapacitor::udf::functions
