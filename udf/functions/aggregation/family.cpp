#include "functions/aggregation/family.hpp"

#include "functions/aggregation/aggregate.hpp"
#include "functions/aggregation/cardinality.hpp"
#include "functions/aggregation/quantile.hpp"
#include "functions/aggregation/top_k.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> aggregation_functions() {
  return {
      make_function<aggregate>("aggregate", "several aggregates of several fields over windows"),
      make_function<quantile>("quantile", "quantiles of a field over any number of points"),
      make_function<cardinality>("cardinality", "number of different values of a field or tag"),
      make_function<top_k>("top_k", "most frequent values of a field or tag"),
  };
}

}  // namespace kapacitor::udf::functions
