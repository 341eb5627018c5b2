#include <functions/detection/family.hpp>
#include <kapacitor/udf.hpp>

#include "outlier_score.hpp"
#include "outliers.hpp"

namespace kapacitor::udf::functions {

std::vector<function> detection_functions() {
  return {
      make_function<outliers>("outliers", "points of a batch outside Tukey's fences"),
      make_function<outlier_score>("outlier_score",
                                   "how unusual each point is, judged by those before it"),
  };
}

}  // namespace kapacitor::udf::functions
