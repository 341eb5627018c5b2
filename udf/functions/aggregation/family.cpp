#include <functions/aggregation/family.hpp>
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> aggregation_functions() {
  return {};
}

}  // namespace kapacitor::udf::functions
