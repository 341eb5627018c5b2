#include <functions/enrichment/family.hpp>
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> enrichment_functions() {
  return {};
}

}  // namespace kapacitor::udf::functions
