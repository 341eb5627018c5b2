// says: error
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

udf::value f(const double* x) {
#ifdef REPAIRED
  return *x;
#else
  return x;
#endif
}
