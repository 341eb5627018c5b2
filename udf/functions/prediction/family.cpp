#include "functions/prediction/family.hpp"

#include "functions/prediction/forecast.hpp"
#include "functions/prediction/time_to.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> prediction_functions() {
  return {
      make_function<forecast>("forecast", "what a field will be in a while, by Holt and Winters"),
      make_function<time_to>("time_to", "time until a field reaches a threshold"),
  };
}

}  // namespace kapacitor::udf::functions
