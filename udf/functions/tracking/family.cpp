#include "functions/tracking/family.hpp"

#include "functions/tracking/rate.hpp"
#include "functions/tracking/state.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> tracking_functions() {
  return {
      make_function<rate>("rate", "rate, increase or derivative of a counter that may be reset"),
      make_function<tracked_state>("state",
                                   "state of a field: levels with hysteresis, or its own values"),
  };
}

}  // namespace kapacitor::udf::functions
