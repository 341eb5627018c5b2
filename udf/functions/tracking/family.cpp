#include <functions/tracking/family.hpp>
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> tracking_functions() {
  return {};
}

}  // namespace kapacitor::udf::functions
