#include "functions/enrichment/family.hpp"

#include "functions/enrichment/enrich.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> enrichment_functions() {
  return {
      make_function<enrich>("enrich",
                            "adds tags and fields that a CSV file has for a point's tags"),
  };
}

}  // namespace kapacitor::udf::functions
