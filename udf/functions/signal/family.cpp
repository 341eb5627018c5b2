#include <functions/signal/family.hpp>
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> signal_functions() {
  return {};
}

}  // namespace kapacitor::udf::functions
