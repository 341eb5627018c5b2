#include "functions/plumbing/family.hpp"

#include "functions/plumbing/identity.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

std::vector<function> plumbing_functions() {
  return {
      make_function<identity>("identity", "passes points on as they are"),
      make_function<identity_batch>("identity_batch", "passes batches on as they are"),
  };
}

}  // namespace kapacitor::udf::functions
