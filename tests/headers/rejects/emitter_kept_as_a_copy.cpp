// says: error
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

void keep(udf::emitter& out) {
#ifdef REPAIRED
  [[maybe_unused]] udf::emitter& kept = out;
#else
  [[maybe_unused]] udf::emitter kept = out;
#endif
}
