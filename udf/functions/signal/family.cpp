#include <functions/signal/family.hpp>
#include <kapacitor/udf.hpp>

#include "filter.hpp"
#include "resample.hpp"

namespace kapacitor::udf::functions {

std::vector<function> signal_functions() {
  return {
      make_function<filter>("filter",
                            "a field smoothed, freed of outliers, or of a band of frequencies"),
      make_function<resample>("resample", "fields at regular times, gaps filled"),
  };
}

}  // namespace kapacitor::udf::functions
