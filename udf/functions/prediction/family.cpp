#include <functions/prediction/family.hpp>
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> prediction_functions() {
  return {};
}

}  // namespace kapacitor::udf::functions
