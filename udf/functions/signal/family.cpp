#include "functions/signal/family.hpp"

#include "functions/signal/filter.hpp"
#include "functions/signal/resample.hpp"
#include "functions/signal/spectrum.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> signal_functions() {
  return {
      make_function<filter>("filter",
                            "a field smoothed, freed of outliers, or of a band of frequencies"),
      make_function<resample>("resample", "fields at regular times, gaps filled"),
      make_function<spectrum>("spectrum",
                              "strongest frequency of a field and power of bands of frequencies"),
  };
}

}  // namespace kapacitor::udf::functions
