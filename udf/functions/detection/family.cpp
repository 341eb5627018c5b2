#include "functions/detection/family.hpp"

#include "functions/detection/anomaly.hpp"
#include "functions/detection/change_point.hpp"
#include "functions/detection/ks_test.hpp"
#include "functions/detection/outlier_score.hpp"
#include "functions/detection/outliers.hpp"
#include "functions/detection/t_test.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> detection_functions() {
  return {
      make_function<anomaly>("anomaly", "anomaly score of a field, learning while it runs"),
      make_function<outliers>("outliers", "points of a batch outside Tukey's fences"),
      make_function<outlier_score>("outlier_score",
                                   "how unusual each point is, judged by those before it"),
      make_function<change_point>("change_point", "points at which the mean of a field changes"),
      make_function<t_test>("t_test", "whether a batch's mean differs from the batches before it"),
      make_function<ks_test>("ks_test",
                             "whether a batch is distributed like the batches before it"),
  };
}

}  // namespace kapacitor::udf::functions
