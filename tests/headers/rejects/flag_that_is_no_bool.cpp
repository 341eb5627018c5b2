// says: error
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct options {
#ifdef REPAIRED
  bool keep = false;
#else
  int keep = 0;
#endif
};

auto f() {
  return udf::schema<options>{}.flag("keep", &options::keep, "");
}
